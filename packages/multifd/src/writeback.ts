import { hasErrorCode } from '@mapped-ram/format/errors';
import { finishWriteback, isSystemError, startWriteback } from '@mapped-ram/posix';

/**
 * Bytes of one channel that may be on their way to the disk. Enough that the disk always has work, and so little that the memory of what has
 * arrived is still warm when it is written to again.
 */
const UNDER_WAY_BYTES = 64 * 1024 * 1024;

/**
 * Has what a channel writes into a file's page cache go to the disk while more is moved: who flushes the file does not wait for all of it,
 * and a large file does not ask for as much new memory, which costs more than to write into that of pages that have arrived.
 */
export class Writeback {
  readonly #descriptor: number;
  readonly #mostBytes: number;
  readonly #underWay: { readonly byteOffset: number; readonly lengthBytes: number }[] = [];
  #underWayBytes = 0;
  #isPossible = true;

  /** @param mostBytes That may be under way. */
  constructor(descriptor: number, mostBytes = UNDER_WAY_BYTES) {
    this.#descriptor = descriptor;
    this.#mostBytes = mostBytes;
  }

  /** Starts with what was written, and waits for the oldest while too much is under way. */
  add(byteOffset: number, lengthBytes: number): void {
    if (!this.#isPossible) return;
    try {
      startWriteback(this.#descriptor, byteOffset, lengthBytes);
      this.#underWay.push({ byteOffset, lengthBytes });
      this.#underWayBytes += lengthBytes;
      while (this.#underWayBytes > this.#mostBytes) this.#finishOldest();
    } catch (error) {
      // The flush does all of it, and tells of errors.
      if (!isSystemError(error) && !hasErrorCode(error, 'platform-unsupported')) throw error;
      this.#isPossible = false;
    }
  }

  #finishOldest(): void {
    const oldest = this.#underWay.shift();
    if (oldest === undefined) return;
    this.#underWayBytes -= oldest.lengthBytes;
    finishWriteback(this.#descriptor, oldest.byteOffset, oldest.lengthBytes);
  }
}
