import { MappedRamError } from '@mapped-ram/format/errors';
import { NewMemory } from './new-memory.js';
import type { Store } from './store.js';

/** Shared memory as a place. */
export class MemoryStore implements Store {
  readonly #bytes: Uint8Array;
  readonly #newMemory: NewMemory;

  /** @param trial As of {@link NewMemory}. */
  constructor(memory: SharedArrayBuffer, trial: SharedArrayBuffer) {
    this.#bytes = new Uint8Array(memory);
    this.#newMemory = new NewMemory(this.#bytes, trial);
  }

  read(target: Uint8Array, byteOffset: number): void {
    target.set(this.view(byteOffset, target.length, 'unexpected-end'));
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    this.view(byteOffset, bytes.length, 'write-failed').set(bytes);
  }

  /** Fills a part, which mostly is new memory. */
  fill(byteOffset: number, lengthBytes: number, read: (into: Uint8Array) => void): void {
    const view = this.view(byteOffset, lengthBytes, 'write-failed');
    const started = performance.now();
    this.#newMemory.provide(view);
    read(view);
    this.#newMemory.filled(lengthBytes, performance.now() - started);
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
