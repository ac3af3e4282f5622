import { type FileHandle, open } from 'node:fs/promises';

/** A program header for memory, and where its bytes are in the file. */
export interface LoadSegment {
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly fileOffset: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

/** What an ELF core says of itself, in a form that tests can compare. */
export interface ElfCore {
  readonly class: number;
  readonly littleEndian: boolean;
  readonly type: number;
  readonly machine: number;
  readonly segments: readonly LoadSegment[];
  /** A line each: name, type, contents in hexadecimal digits. */
  readonly notes: readonly string[];
}

const CLASS_64 = 2;
const PROGRAM_LOAD = 1;
const PROGRAM_NOTE = 4;

/** Reads the headers and the notes of a core, as the ELF specification has them. */
export async function readElfCore(path: string): Promise<ElfCore> {
  const file = await open(path);
  try {
    const ident = await readAt(file, 0, 64);
    const is64 = ident[4] === CLASS_64;
    const littleEndian = ident[5] === 1;
    const numbers = new Numbers(ident, littleEndian);
    const headersAt = is64 ? numbers.u64(32) : numbers.u32(28);
    const [size, count] = [numbers.u16(is64 ? 54 : 42), numbers.u16(is64 ? 56 : 44)];
    const table = new Numbers(await readAt(file, headersAt, size * count), littleEndian);
    const segments: LoadSegment[] = [];
    const notes: string[] = [];
    for (let at = 0; at < size * count; at += size) {
      const segment = is64 ? segment64(table, at) : segment32(table, at);
      const type = table.u32(at);
      if (type === PROGRAM_LOAD) segments.push(segment);
      if (type === PROGRAM_NOTE) {
        const bytes = await readAt(file, segment.fileOffset, segment.fileBytes);
        notes.push(...readNotes(bytes, littleEndian));
      }
    }
    const head = { class: is64 ? 64 : 32, littleEndian, type: numbers.u16(16), machine: numbers.u16(18) };
    return { ...head, segments, notes };
  } finally {
    await file.close();
  }
}

/** Where the memory of two cores with the same segments differs; undefined where it is the same. */
export async function findCoreDifference(
  [path, core]: readonly [string, ElfCore],
  [otherPath, other]: readonly [string, ElfCore],
): Promise<string | undefined> {
  const [file, otherFile] = await Promise.all([open(path), open(otherPath)]);
  try {
    const chunk = Buffer.alloc(4 * 1024 * 1024);
    const otherChunk = Buffer.alloc(chunk.length);
    for (const [index, { fileOffset, fileBytes, physicalAddress }] of core.segments.entries()) {
      for (let at = 0; at < fileBytes; at += chunk.length) {
        const length = Math.min(chunk.length, fileBytes - at);
        await file.read(chunk, 0, length, fileOffset + at);
        await otherFile.read(otherChunk, 0, length, (other.segments[index]?.fileOffset ?? 0) + at);
        if (!chunk.subarray(0, length).equals(otherChunk.subarray(0, length))) {
          return `within ${length} bytes from 0x${(physicalAddress + BigInt(at)).toString(16)} on`;
        }
      }
    }
    return undefined;
  } finally {
    await Promise.all([file.close(), otherFile.close()]);
  }
}

class Numbers {
  readonly #bytes: Buffer;
  readonly #littleEndian: boolean;

  constructor(bytes: Buffer, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#littleEndian = littleEndian;
  }

  u16(at: number): number {
    return this.#littleEndian ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  u32(at: number): number {
    return this.#littleEndian ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  big(at: number): bigint {
    return this.#littleEndian ? this.#bytes.readBigUInt64LE(at) : this.#bytes.readBigUInt64BE(at);
  }

  u64(at: number): number {
    return Number(this.big(at));
  }
}

function segment64(table: Numbers, at: number): LoadSegment {
  return {
    fileOffset: table.u64(at + 8),
    virtualAddress: table.big(at + 16),
    physicalAddress: table.big(at + 24),
    fileBytes: table.u64(at + 32),
    memoryBytes: table.u64(at + 40),
  };
}

function segment32(table: Numbers, at: number): LoadSegment {
  return {
    fileOffset: table.u32(at + 4),
    virtualAddress: BigInt(table.u32(at + 8)),
    physicalAddress: BigInt(table.u32(at + 12)),
    fileBytes: table.u32(at + 16),
    memoryBytes: table.u32(at + 20),
  };
}

function readNotes(bytes: Buffer, littleEndian: boolean): string[] {
  const numbers = new Numbers(bytes, littleEndian);
  const padded = (length: number) => (length + 3) & ~3;
  const notes: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [nameBytes, contentsBytes, type] = [numbers.u32(at), numbers.u32(at + 4), numbers.u32(at + 8)];
    const contentsAt = at + 12 + padded(nameBytes);
    const name = bytes.toString('latin1', at + 12, at + 12 + nameBytes - 1);
    notes.push(`${name} ${type} ${bytes.toString('hex', contentsAt, contentsAt + contentsBytes)}`);
    at = contentsAt + padded(contentsBytes);
  }
  return notes;
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  if (bytesRead < length && at > 0) throw new Error(`the core ends at ${at + bytesRead}`);
  return bytes;
}
