import { MappedRamError } from '@mapped-ram/format';

/** The kernel writes at most one page of it (Linux: kernel/vmcore_info.c, `vmcoreinfo_append_str`); arm64 has pages of 64 KiB. */
export const MAX_VMCOREINFO_BYTES = 64 * 1024;

/** No structure of the kernel that is described is larger, and no array longer. */
const MAX_SIZE = 16 * 1024 * 1024;

const LINE = /^([A-Z_][\w-]*(?:\([^()\n]{1,100}\))?)=(.{0,200})$/;

/**
 * What a Linux kernel tells about itself to tools that read its memory: where its symbols are, and how its structures are laid out
 * (Linux: kernel/vmcore_info.c, Documentation/admin-guide/kdump/vmcoreinfo.rst). It comes from the guest and is not trusted.
 */
export class Vmcoreinfo {
  /** As the kernel wrote it. */
  readonly text: string;
  readonly #values = new Map<string, string>();

  /** @param text Lines, each with a key and a value. What is none is left out. */
  constructor(text: string) {
    this.text = text;
    for (const line of text.split('\n')) {
      const [, key, value] = LINE.exec(line) ?? [];
      if (key !== undefined && value !== undefined && !this.#values.has(key)) this.#values.set(key, value);
    }
  }

  /** Whether there is such a line: `NUMBER(phys_base)`. */
  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** `OSRELEASE`: the kernel's release, as `uname -r` tells it. @throws MappedRamError `unsupported` */
  get release(): string {
    return this.#values.get('OSRELEASE') ?? this.#missing('OSRELEASE');
  }

  /** `PAGESIZE`, in bytes. @throws MappedRamError `unsupported` */
  get pageSize(): number {
    const size = this.#small('PAGESIZE', 64 * 1024);
    return [4096, 16384, 65536].includes(size) ? size : this.#absurd('PAGESIZE');
  }

  /** `KERNELOFFSET`: by how much KASLR has moved the kernel's addresses; undefined where it is not told. */
  get kernelOffset(): bigint | undefined {
    const text = this.#values.get('KERNELOFFSET');
    return text !== undefined && /^[0-9a-f]{1,16}$/.test(text) ? BigInt(`0x${text}`) : undefined;
  }

  /** `SYMBOL(name)`: an address. @throws MappedRamError `unsupported` */
  symbol(name: string): bigint {
    const text = this.#values.get(`SYMBOL(${name})`) ?? this.#missing(`SYMBOL(${name})`);
    return /^[0-9a-f]{1,16}$/.test(text) ? BigInt(`0x${text}`) : this.#absurd(`SYMBOL(${name})`);
  }

  /** `NUMBER(name)`, which may be negative. @throws MappedRamError `unsupported` */
  number(name: string): bigint {
    const text = this.#values.get(`NUMBER(${name})`) ?? this.#missing(`NUMBER(${name})`);
    const isNumber = /^(-?\d{1,20}|0x[0-9a-f]{1,16})$/.test(text);
    return isNumber ? BigInt(text) : this.#absurd(`NUMBER(${name})`);
  }

  /** `OFFSET(struct.member)`, in bytes. @throws MappedRamError `unsupported` */
  offset(member: string): number {
    return this.#small(`OFFSET(${member})`, MAX_SIZE);
  }

  /** `OFFSET(struct.member)` of a member that lies in its structure. @throws MappedRamError `unsupported` */
  offsetIn(struct: string, member: string, memberBytes: number): number {
    const offset = this.offset(`${struct}.${member}`);
    return offset + memberBytes <= this.size(struct) ? offset : this.#absurd(`OFFSET(${struct}.${member})`);
  }

  /** `SIZE(struct)`, in bytes: at least 1. @throws MappedRamError `unsupported` */
  size(struct: string): number {
    const size = this.#small(`SIZE(${struct})`, MAX_SIZE);
    return size > 0 ? size : this.#absurd(`SIZE(${struct})`);
  }

  /** `LENGTH(array)`: at least 1. @throws MappedRamError `unsupported` */
  length(array: string): number {
    const length = this.#small(`LENGTH(${array})`, MAX_SIZE);
    return length > 0 ? length : this.#absurd(`LENGTH(${array})`);
  }

  #small(key: string, largest: number): number {
    const text = this.#values.get(key) ?? this.#missing(key);
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
    return value <= largest ? value : this.#absurd(key);
  }

  #missing(key: string): never {
    throw new MappedRamError('unsupported', { what: `the guest's VMCOREINFO has no ${key}` });
  }

  #absurd(key: string): never {
    throw new MappedRamError('unsupported', {
      what: `the guest's VMCOREINFO has a ${key} that cannot be`,
      actual: this.#values.get(key) ?? '',
    });
  }
}
