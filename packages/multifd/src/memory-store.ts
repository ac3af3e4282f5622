import { hasErrorCode, MappedRamError } from '@mapped-ram/format/errors';
import { isSystemError, populateMemory } from '@mapped-ram/posix';
import type { Store } from './store.js';

/** So many bytes are filled before memory is asked for in pieces: loading the library that asks takes as long. */
const FILLED_WITHOUT_BYTES = 32 * 1024 * 1024;

/** Shared memory as a place. */
export class MemoryStore implements Store {
  readonly #bytes: Uint8Array;
  #filledBytes = 0;
  #canPopulate = true;

  constructor(memory: SharedArrayBuffer) {
    this.#bytes = new Uint8Array(memory);
  }

  read(target: Uint8Array, byteOffset: number): void {
    target.set(this.view(byteOffset, target.length, 'unexpected-end'));
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    this.view(byteOffset, bytes.length, 'write-failed').set(bytes);
  }

  /** Fills a part. Where it is new memory, having all of it provided first takes three quarters of the time. */
  fill(byteOffset: number, lengthBytes: number, read: (into: Uint8Array) => void): void {
    const view = this.view(byteOffset, lengthBytes, 'write-failed');
    if (this.#canPopulate && this.#filledBytes >= FILLED_WITHOUT_BYTES) this.#populate(view);
    read(view);
    this.#filledBytes += lengthBytes;
  }

  #populate(view: Uint8Array): void {
    try {
      populateMemory(view);
    } catch (error) {
      if (!isSystemError(error) && !hasErrorCode(error, 'platform-unsupported')) throw error;
      this.#canPopulate = false;
    }
  }

  together(act: () => void): void {
    act();
  }

  close(): void {}

  /**
   * The bytes themselves.
   *
   * @param code Of the error where the memory ends before them.
   * @throws MappedRamError
   */
  view(byteOffset: number, lengthBytes: number, code: 'unexpected-end' | 'write-failed'): Uint8Array {
    const view = this.#bytes.subarray(byteOffset, byteOffset + lengthBytes);
    if (view.length === lengthBytes) return view;
    throw new MappedRamError(code, {
      what: 'the memory ends before the pages',
      byteOffset: byteOffset + view.length,
      expected: `${lengthBytes} bytes`,
      actual: `${view.length} bytes`,
    });
  }
}
