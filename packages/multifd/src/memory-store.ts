import { MappedRamError } from '@mapped-ram/format/errors';
import type { Store } from './store.js';

/** Shared memory as a place. */
export class MemoryStore implements Store {
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.#bytes = new Uint8Array(memory);
  }

  read(target: Uint8Array, byteOffset: number): void {
    target.set(this.view(byteOffset, target.length, 'unexpected-end'));
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    this.view(byteOffset, bytes.length, 'write-failed').set(bytes);
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
