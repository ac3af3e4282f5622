/** How the numbers of an ELF file are written. */
export interface ElfEncoding {
  /** Whether addresses have 64 bits. */
  readonly is64: boolean;
  readonly littleEndian: boolean;
}

/** A note of an ELF file. */
export interface ElfNote {
  /** `CORE`, `LINUX`, `QEMU`. */
  readonly name: string;
  readonly type: number;
  readonly contents: Uint8Array;
}

/** Types of notes, as Linux numbers them; each name has its own. */
export const NoteType = {
  prstatus: 1,
  fpregset: 2,
  armVfp: 0x400,
  s390Timer: 0x301,
  s390TodCompare: 0x302,
  s390TodRegister: 0x303,
  s390ControlRegisters: 0x304,
  s390Prefix: 0x305,
  s390VectorsLow: 0x309,
  s390VectorsHigh: 0x30a,
  s390GuardedStorage: 0x30b,
  qemuCpuState: 0,
} as const;

const ALIGNMENT_BYTES = 4;

/** Puts numbers one after another. */
export class NumberWriter {
  readonly #littleEndian: boolean;
  readonly #chunks: Uint8Array[] = [];

  constructor({ littleEndian }: Pick<ElfEncoding, 'littleEndian'>) {
    this.#littleEndian = littleEndian;
  }

  u16(...values: readonly (number | bigint)[]): this {
    return this.#put(2, values, (view, value) =>
      view.setUint16(0, Number(value & 0xffffn), this.#littleEndian),
    );
  }

  u32(...values: readonly (number | bigint)[]): this {
    return this.#put(4, values, (view, value) =>
      view.setUint32(0, Number(value & 0xffff_ffffn), this.#littleEndian),
    );
  }

  u64(...values: readonly (number | bigint)[]): this {
    return this.#put(8, values, (view, value) =>
      view.setBigUint64(0, BigInt.asUintN(64, value), this.#littleEndian),
    );
  }

  bytes(bytes: Uint8Array): this {
    this.#chunks.push(bytes);
    return this;
  }

  zeros(lengthBytes: number): this {
    return this.bytes(new Uint8Array(lengthBytes));
  }

  build(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  #put(
    lengthBytes: number,
    values: readonly (number | bigint)[],
    set: (view: DataView, value: bigint) => void,
  ): this {
    for (const value of values) {
      const bytes = new Uint8Array(lengthBytes);
      set(new DataView(bytes.buffer), BigInt(value));
      this.#chunks.push(bytes);
    }
    return this;
  }
}

/** Notes as they are in a file, one after another. */
export function encodeNotes(notes: readonly ElfNote[], encoding: ElfEncoding): Uint8Array {
  const writer = new NumberWriter(encoding);
  for (const { name, type, contents } of notes) {
    const named = Buffer.from(`${name}\0`);
    writer.u32(named.length, contents.length, type);
    for (const part of [named, contents]) writer.bytes(part).zeros(padding(part.length));
  }
  return writer.build();
}

/** The bytes after something in a note, up to the next multiple of 4. */
export function padding(lengthBytes: number): number {
  return (ALIGNMENT_BYTES - (lengthBytes % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES;
}
