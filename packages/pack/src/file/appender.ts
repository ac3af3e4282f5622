import type { FileTarget } from '@mapped-ram/writer/file';
import { type JobFileOptions, memoryFor, type OpenJobFile, openJobFile, writeJobFile } from './job-file.js';

/** What is collected before it is written past the page cache. */
const BUFFER_BYTES = 1024 * 1024;

/** Writes a file from its beginning to its end. Past the page cache, bytes of any length are collected until they fill a buffer. */
export class Appender {
  readonly #target: FileTarget;
  readonly #file: OpenJobFile | undefined;
  readonly #buffer: Uint8Array;
  #filled = 0;
  #position = 0;

  private constructor(target: FileTarget, file: OpenJobFile | undefined) {
    this.#target = target;
    this.#file = file;
    this.#buffer = file === undefined ? new Uint8Array() : memoryFor(file, BUFFER_BYTES);
  }

  /** @throws MappedRamError `write-failed` */
  static async open(target: FileTarget, options: JobFileOptions): Promise<Appender> {
    if (options.directIo !== true) return new Appender(target, undefined);
    const file = await openJobFile(target.partPath, 'r+', options, target.name);
    if (file.direct !== undefined) return new Appender(target, file);
    await file.close();
    return new Appender(target, undefined);
  }

  /** @throws MappedRamError `write-failed` */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#file === undefined) {
      await this.#target.write([{ byteOffset: this.#position, bytes }]);
      this.#position += bytes.length;
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + BUFFER_BYTES - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === BUFFER_BYTES) this.#flush(this.#file);
    }
  }

  /** Writes what is left. @throws MappedRamError `write-failed` */
  finish(): void {
    if (this.#file !== undefined) this.#flush(this.#file);
  }

  /** Ends it, whether it was finished or not. */
  async close(): Promise<void> {
    await this.#file?.close();
  }

  #flush(file: OpenJobFile): void {
    writeJobFile(file, this.#buffer.subarray(0, this.#filled), this.#position);
    this.#position += this.#filled;
    this.#filled = 0;
  }
}
