import { hasErrorCode } from '@mapped-ram/format/errors';
import { finishWriteback, isSystemError, startWriteback } from '@mapped-ram/posix';

/**
 * Bytes of one channel that may be on their way to the disk. Enough that the disk always has work, and so little that the memory of what has
 * arrived is still warm when it is written to again.
 */
const UNDER_WAY_BYTES = 64 * 1024 * 1024;

/**
 * Writing a MiB into the page cache takes 0.2 to 0.5 ms where there is memory for it. It takes longer where memory has to be had first: from the
 * host of a virtual machine, which gives it at some 400 MiB/s, from what others have in the page cache, or from the disk, for which writers are made to wait.
 */
const SLOW_MS_PER_MIB = 1;

/** What is written until the time that it took is looked at. */
const LOOKED_AT_BYTES = 64 * 1024 * 1024;
const MIB = 2 ** 20;

/**
 * Has what a channel writes into a file's page cache go to the disk while more is moved, so that who flushes the file does not wait for all of
 * it. Where memory turns out to be hard to come by, that of what has arrived on the disk is given back, and written to again.
 */
export class Writeback {
  readonly #descriptor: number;
  readonly #mostBytes: number;
  readonly #lookedAtBytes: number;
  readonly #underWay: { readonly byteOffset: number; readonly lengthBytes: number }[] = [];
  #underWayBytes = 0;
  #isPossible = true;
  #givesBack = false;
  #writtenBytes = 0;
  #writtenMs = 0;

  /**
   * @param mostBytes That may be under way where memory is given back.
   * @param lookedAtBytes Written between two looks at the time that it takes.
   */
  constructor(descriptor: number, mostBytes = UNDER_WAY_BYTES, lookedAtBytes = LOOKED_AT_BYTES) {
    this.#descriptor = descriptor;
    this.#mostBytes = mostBytes;
    this.#lookedAtBytes = lookedAtBytes;
  }

  /**
   * Starts with what was written, and waits for the oldest while too much is under way.
   *
   * @param tookMs What writing it into the page cache took.
   */
  add(byteOffset: number, lengthBytes: number, tookMs: number): void {
    if (!this.#isPossible) return;
    this.#look(lengthBytes, tookMs);
    try {
      startWriteback(this.#descriptor, byteOffset, lengthBytes);
      this.#underWay.push({ byteOffset, lengthBytes });
      this.#underWayBytes += lengthBytes;
      while (this.#givesBack && this.#underWayBytes > this.#mostBytes) this.#finishOldest();
    } catch (error) {
      // The flush does all of it, and tells of errors.
      if (!isSystemError(error) && !hasErrorCode(error, 'platform-unsupported')) throw error;
      this.#isPossible = false;
    }
  }

  /** What once was slow would be so again, were the memory not given back. */
  #look(lengthBytes: number, tookMs: number): void {
    this.#writtenBytes += lengthBytes;
    this.#writtenMs += tookMs;
    if (this.#writtenBytes < this.#lookedAtBytes) return;
    this.#givesBack ||= this.#writtenMs > (this.#writtenBytes / MIB) * SLOW_MS_PER_MIB;
    this.#writtenBytes = 0;
    this.#writtenMs = 0;
  }

  #finishOldest(): void {
    const oldest = this.#underWay.shift();
    if (oldest === undefined) return;
    this.#underWayBytes -= oldest.lengthBytes;
    finishWriteback(this.#descriptor, oldest.byteOffset, oldest.lengthBytes);
  }
}
