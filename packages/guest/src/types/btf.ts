import { MappedRamError } from '@mapped-ram/format';

const MAGIC = 0xeb9f;
const VERSION = 1;
const HEADER_BYTES = 24;
const RECORD_BYTES = 12;

/** The kernel's names are no longer (include/linux/kallsyms.h, KSYM_NAME_LEN). */
const MAX_NAME_BYTES = 512;

/** Type 0 is `void`; ids count from 1. */
const MAX_TYPES = 4 * 1024 * 1024;

/** Kinds of types, as they are numbered (Linux: include/uapi/linux/btf.h). */
export const BtfKind = {
  void: 0,
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  functionPrototype: 13,
  variable: 14,
  section: 15,
  float: 16,
  declarationTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** Bytes behind a record: so many, and so many for each of its members. */
const EXTRA_BYTES: Readonly<Record<number, readonly [fixed: number, each: number]>> = {
  [BtfKind.int]: [4, 0],
  [BtfKind.array]: [12, 0],
  [BtfKind.struct]: [0, 12],
  [BtfKind.union]: [0, 12],
  [BtfKind.enum]: [0, 8],
  [BtfKind.functionPrototype]: [0, 8],
  [BtfKind.variable]: [4, 0],
  [BtfKind.section]: [0, 12],
  [BtfKind.declarationTag]: [4, 0],
  [BtfKind.enum64]: [0, 12],
};

/** A type of the kernel's. */
export interface BtfType {
  readonly id: number;
  readonly kind: number;
  /** Empty where it has none. */
  readonly name: string;
  /** Bytes of a number, structure or enumeration; the id of the type that another kind is made of. */
  readonly sizeOrType: number;
  /** Members, values or parameters. */
  readonly memberCount: number;
  /** Of structures, whether members can be bit fields; of enumerations, whether values are signed; of what is only named, a union. */
  readonly flag: boolean;
}

/** A member of a structure or union. */
export interface BtfMember {
  readonly name: string;
  readonly typeId: number;
  readonly bitOffset: number;
  /** Of a bit field; 0 where it is none. */
  readonly bitLength: number;
}

/**
 * The types of a kernel, as it keeps them for its own use (BTF; Linux: Documentation/bpf/btf.rst). They come from the guest: whatever is asked
 * for is held against the bytes.
 */
export class BtfTypes {
  readonly #view: DataView;
  readonly #stringsAt: number;
  readonly #stringsEnd: number;
  /** Where each type's record is, by its id. */
  readonly #records: readonly number[];
  #structures: Map<string, number> | undefined;

  /**
   * @param bytes The whole section. Not copied.
   * @throws MappedRamError `unsupported` where it is none, or has kinds of types that are not known.
   */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < HEADER_BYTES || view.getUint16(0, true) !== MAGIC || bytes[2] !== VERSION) {
      throw bad('no BTF is where the guest’s kernel should have it');
    }
    const headerBytes = view.getUint32(4, true);
    const [typesAt, typesBytes] = [headerBytes + view.getUint32(8, true), view.getUint32(12, true)];
    const [stringsAt, stringsBytes] = [headerBytes + view.getUint32(16, true), view.getUint32(20, true)];
    if (typesAt + typesBytes > bytes.length || stringsAt + stringsBytes > bytes.length) {
      throw bad('the guest’s types (BTF) are cut off');
    }
    this.#view = view;
    this.#stringsAt = stringsAt;
    this.#stringsEnd = stringsAt + stringsBytes;
    this.#records = recordsOf(view, typesAt, typesAt + typesBytes);
  }

  /** All types, `void` with the id 0 first. */
  *[Symbol.iterator](): Generator<BtfType, void, undefined> {
    for (let id = 0; id < this.#records.length; id++) yield this.type(id);
  }

  /** A type by its id. @throws MappedRamError `unsupported` where there is none */
  type(id: number): BtfType {
    if (id === 0) return { id, kind: BtfKind.void, name: 'void', sizeOrType: 0, memberCount: 0, flag: false };
    const at = this.#records[id];
    if (at === undefined) throw bad(`the guest’s types (BTF) have none with the number ${id}`);
    const info = this.#view.getUint32(at + 4, true);
    return {
      id,
      ...unpackInfo(info),
      name: this.#string(this.#view.getUint32(at, true)),
      sizeOrType: this.#view.getUint32(at + 8, true),
    };
  }

  /** A structure or union that has members, by its name. */
  structure(name: string): BtfType | undefined {
    if (this.#structures === undefined) {
      this.#structures = new Map();
      for (const { kind, name: own, id } of this) {
        if ((kind === BtfKind.struct || kind === BtfKind.union) && own !== '' && !this.#structures.has(own))
          this.#structures.set(own, id);
      }
    }
    const id = this.#structures.get(name);
    return id === undefined ? undefined : this.type(id);
  }

  /** Members of a structure or union. */
  members({ id, kind, memberCount, flag }: BtfType): BtfMember[] {
    if (kind !== BtfKind.struct && kind !== BtfKind.union) return [];
    return Array.from({ length: memberCount }, (_, index) => {
      const at = this.#extra(id) + index * 12;
      const offset = this.#view.getUint32(at + 8, true);
      return {
        name: this.#string(this.#view.getUint32(at, true)),
        typeId: this.#view.getUint32(at + 4, true),
        bitOffset: flag ? offset & 0xff_ffff : offset,
        bitLength: flag ? offset >>> 24 : 0,
      };
    });
  }

  /** Names and values of an enumeration. */
  values({ id, kind, memberCount, flag }: BtfType): (readonly [name: string, value: bigint])[] {
    const isLong = kind === BtfKind.enum64;
    if (!isLong && kind !== BtfKind.enum) return [];
    return Array.from({ length: memberCount }, (_, index) => {
      const at = this.#extra(id) + index * (isLong ? 12 : 8);
      const low = BigInt(this.#view.getUint32(at + 4, true));
      const value = isLong ? low | (BigInt(this.#view.getUint32(at + 8, true)) << 32n) : low;
      return [
        this.#string(this.#view.getUint32(at, true)),
        flag ? BigInt.asIntN(isLong ? 64 : 32, value) : value,
      ];
    });
  }

  /** Of an array: its elements' type and their number. */
  array({ id }: BtfType): { readonly typeId: number; readonly count: number } {
    const at = this.#extra(id);
    return { typeId: this.#view.getUint32(at, true), count: this.#view.getUint32(at + 8, true) };
  }

  /** Of a number: whether it is signed, a character, a truth value; and where its bits are. */
  integer({ id }: BtfType): { isSigned: boolean; isCharacter: boolean; isBoolean: boolean; bits: number } {
    const word = this.#view.getUint32(this.#extra(id), true);
    const encoding = (word >>> 24) & 0xf;
    return {
      isSigned: (encoding & 1) !== 0,
      isCharacter: (encoding & 2) !== 0,
      isBoolean: (encoding & 4) !== 0,
      bits: word & 0xff,
    };
  }

  #extra(id: number): number {
    return (this.#records[id] as number) + RECORD_BYTES;
  }

  #string(offset: number): string {
    const from = this.#stringsAt + offset;
    if (offset === 0 || from >= this.#stringsEnd) return '';
    const bytes = new Uint8Array(
      this.#view.buffer,
      this.#view.byteOffset + from,
      Math.min(MAX_NAME_BYTES, this.#stringsEnd - from),
    );
    const end = bytes.indexOf(0);
    return decoder.decode(end === -1 ? bytes : bytes.subarray(0, end));
  }
}

const decoder = new TextDecoder('latin1');

function unpackInfo(info: number): Pick<BtfType, 'kind' | 'memberCount' | 'flag'> {
  return { kind: (info >>> 24) & 0x1f, memberCount: info & 0xffff, flag: info >>> 31 === 1 };
}

function recordsOf(view: DataView, from: number, end: number): number[] {
  // The first is void's, which has none.
  const records = [-1];
  for (let at = from; at < end; ) {
    if (records.length > MAX_TYPES) throw bad('the guest’s types (BTF) are too many');
    const { kind, memberCount } = unpackInfo(at + RECORD_BYTES <= end ? view.getUint32(at + 4, true) : 0);
    if (kind === BtfKind.void || kind > BtfKind.enum64) {
      throw bad(`the guest’s types (BTF) have a kind that is not known: ${kind}`);
    }
    const [fixed, each] = EXTRA_BYTES[kind] ?? [0, 0];
    records.push(at);
    at += RECORD_BYTES + fixed + each * memberCount;
    if (at > end) throw bad('the guest’s types (BTF) are cut off');
  }
  return records;
}

function bad(what: string): MappedRamError {
  return new MappedRamError('unsupported', { what });
}
