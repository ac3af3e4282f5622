import type { ByteSource } from '../byte-source.js';

/** A record is never longer: a word, the longest name, and the largest page. */
export const MAX_RECORD_BYTES = 8 + 1 + 255 + 64 * 1024;

const FIRST_CHUNK_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** One is being worked on, one is with the visitor, one is being filled. */
const BUFFERS = 3;

/** A piece of the file. What is before `start` is nobody's, and may be written to. */
export interface InputPiece {
  readonly buffer: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Where `start` lies in the file. */
  readonly byteOffset: number;
  /** Whether the file ends here. */
  readonly isLast: boolean;
}

/**
 * Reads a file from an offset on, the next piece while the caller works on one. A piece starts with what was left over
 * of the one before, so that records are whole.
 */
export class RecordInput {
  readonly #source: ByteSource;
  readonly #buffers: Uint8Array[] = [];
  #turn = 0;
  #nextOffset: number;
  #chunkBytes = FIRST_CHUNK_BYTES;
  #ahead: Promise<number> | undefined;

  constructor(source: ByteSource, byteOffset: number) {
    this.#source = source;
    this.#nextOffset = byteOffset;
  }

  /**
   * The next piece. The one before the last becomes invalid.
   *
   * @param leftOver The end of the piece before, at most {@link MAX_RECORD_BYTES}.
   * @throws MappedRamError `read-failed`.
   */
  async next(leftOver: Uint8Array): Promise<InputPiece> {
    const buffer = this.#buffer();
    const filled = await (this.#ahead ?? this.#read(buffer));
    const start = MAX_RECORD_BYTES - leftOver.length;
    buffer.set(leftOver, start);
    const byteOffset = this.#nextOffset - leftOver.length;
    this.#nextOffset += filled;
    const isLast = this.#nextOffset >= this.#source.sizeBytes || filled === 0;
    this.#turn++;
    this.#chunkBytes = Math.min(CHUNK_BYTES, this.#chunkBytes * 4);
    this.#ahead = isLast ? Promise.resolve(0) : this.#read(this.#buffer());
    // A failure is met when the piece is asked for; until then it must not count as unhandled.
    this.#ahead.catch(() => {});
    return { buffer, start, end: MAX_RECORD_BYTES + filled, byteOffset, isLast };
  }

  /** Waits for what is being read ahead. */
  async end(): Promise<void> {
    await this.#ahead?.catch(() => {});
  }

  #buffer(): Uint8Array {
    const index = this.#turn % BUFFERS;
    let buffer = this.#buffers[index];
    if (buffer === undefined || buffer.length < MAX_RECORD_BYTES + this.#chunkBytes) {
      buffer = new Uint8Array(MAX_RECORD_BYTES + this.#chunkBytes);
      this.#buffers[index] = buffer;
    }
    return buffer;
  }

  #read(buffer: Uint8Array): Promise<number> {
    const target = buffer.subarray(MAX_RECORD_BYTES, MAX_RECORD_BYTES + this.#chunkBytes);
    return this.#source.read(target, this.#nextOffset);
  }
}
