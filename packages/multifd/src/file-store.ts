import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';
import { MappedRamError } from '@mapped-ram/format/errors';
import { takeSystemErrorApart } from '@mapped-ram/posix';
import { WRITTEN_AT_ONCE_BYTES } from './channel-memory.js';
import { nextStep } from './direct-step.js';
import type { FilePart } from './mapped-memory.js';
import type { Mutex } from './mutex.js';
import type { OnNoDirectIo, OpenFile } from './open-file.js';
import type { Purpose } from './place.js';
import type { Store } from './store.js';
import { Writeback } from './writeback.js';

/** Moves some bytes and returns how many, as `readSync` and `writeSync` do. */
export type FileCall = (
  descriptor: number,
  bytes: Uint8Array,
  offset: number,
  lengthBytes: number,
  byteOffset: number,
) => number;

/** The system calls that move bytes; tests put others in their place. */
export type FileCalls = Readonly<Record<Purpose, FileCall>>;

const systemCalls: FileCalls = { read: readSync, write: writeSync };

/**
 * An open file as a place. The memory that bytes are moved to and from has to be page-aligned as a whole (that of a
 * WebAssembly.Memory is), so that a view's offset in it tells its alignment.
 */
export class FileStore implements Store {
  readonly #open: OpenFile;
  readonly #onNoDirectIo: OnNoDirectIo;
  readonly #call: FileCall;
  readonly #writing: Mutex;
  #directDescriptor: number | undefined;
  readonly #writeback: Writeback | undefined;
  /** Spent in writes that are not on their way to the disk yet. */
  #writingMs = 0;

  /**
   * @param writing Taken for writes through the page cache that belong together: a file system lets in one thread at a time, and the others would
   * use up their processors while they wait for it. To be woken takes as long as writing some 100 KiB, so that is not for each write.
   */
  constructor(open: OpenFile, onNoDirectIo: OnNoDirectIo, writing: Mutex, calls: FileCalls = systemCalls) {
    this.#open = open;
    this.#onNoDirectIo = onNoDirectIo;
    this.#call = calls[open.purpose];
    this.#writing = writing;
    this.#directDescriptor = open.directDescriptor;
    if (open.file.writeback) this.#writeback = new Writeback(open.descriptor);
  }

  /** Goes through the page cache; undefined where the file is moved past it. */
  get cachedDescriptor(): number | undefined {
    return this.#directDescriptor === undefined ? this.#open.descriptor : undefined;
  }

  /** A part that can be mapped: one that goes through the page cache, and lies in the file whole. */
  mappablePart(byteOffset: number, lengthBytes: number): FilePart | undefined {
    const descriptor = this.cachedDescriptor;
    if (descriptor === undefined || byteOffset + lengthBytes > fstatSync(descriptor).size) return undefined;
    return { descriptor, byteOffset };
  }

  read(target: Uint8Array, byteOffset: number): void {
    const filled = this.#move(target, byteOffset);
    if (filled === target.length) return;
    const { path, sizeBytes } = this.#open.file;
    const end = byteOffset + filled;
    const shrank = end < sizeBytes;
    throw new MappedRamError(shrank ? 'short-read' : 'unexpected-end', {
      what: shrank ? `${path} became shorter while it was read` : `${path} ends before the pages`,
      byteOffset: end,
      expected: `${target.length} bytes`,
      actual: `${filled} bytes`,
    });
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    const written = this.#move(bytes, byteOffset);
    if (written === bytes.length) return;
    throw new MappedRamError('write-failed', {
      what: `${this.#open.file.path} takes no more bytes`,
      byteOffset: byteOffset + written,
    });
  }

  together(act: () => void): void {
    if (this.#directDescriptor !== undefined) {
      act();
      return;
    }
    this.#writing.run(() => {
      const start = performance.now();
      act();
      this.#writingMs += performance.now() - start;
    });
  }

  /** Has what was written go to the disk while more is moved, where it lies in the page cache and that is wanted. */
  writeBack(byteOffset: number, lengthBytes: number): void {
    if (this.#directDescriptor === undefined) this.#writeback?.add(byteOffset, lengthBytes, this.#writingMs);
    this.#writingMs = 0;
  }

  close(): void {
    closeSync(this.#open.descriptor);
    if (this.#directDescriptor !== undefined) closeSync(this.#directDescriptor);
  }

  /** Goes on until all is moved, or nothing more is. */
  #move(bytes: Uint8Array, byteOffset: number): number {
    let done = 0;
    while (done < bytes.length) {
      const moved = this.#moveSome(bytes, done, byteOffset + done);
      if (moved === 0) break;
      done += moved;
    }
    return done;
  }

  #moveSome(bytes: Uint8Array, offset: number, byteOffset: number): number {
    const left = bytes.length - offset;
    const direct = this.#directDescriptor;
    if (direct === undefined) return this.#moveCached(bytes, offset, left, byteOffset);
    const step = nextStep(bytes.byteOffset + offset, byteOffset, left);
    if (!step.direct) return this.#moveCached(bytes, offset, step.lengthBytes, byteOffset);
    try {
      return this.#call(direct, bytes, offset, step.lengthBytes, byteOffset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw this.#failed(error, byteOffset);
      // Some file systems open a file with O_DIRECT and then refuse every transfer.
      this.#directDescriptor = undefined;
      closeSync(direct);
      this.#onNoDirectIo(this.#open.file, takeSystemErrorApart(error));
    }
    return this.#moveCached(bytes, offset, left, byteOffset);
  }

  #moveCached(bytes: Uint8Array, offset: number, lengthBytes: number, byteOffset: number): number {
    const { descriptor, purpose } = this.#open;
    const callBytes = purpose === 'write' ? Math.min(lengthBytes, WRITTEN_AT_ONCE_BYTES) : lengthBytes;
    try {
      return this.#call(descriptor, bytes, offset, callBytes, byteOffset);
    } catch (error) {
      throw this.#failed(error, byteOffset);
    }
  }

  #failed(cause: unknown, byteOffset: number): MappedRamError {
    const { purpose, file } = this.#open;
    const what = `${purpose === 'read' ? 'reading' : 'writing'} ${file.path} failed`;
    return new MappedRamError(`${purpose}-failed`, { what, byteOffset, cause });
  }
}
