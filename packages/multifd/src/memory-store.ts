import { MappedRamError } from '@mapped-ram/format/errors';
import type { FilePart, MappedMemory } from './mapped-memory.js';
import { NewMemory } from './new-memory.js';
import type { Store } from './store.js';

/** Shared memory as a place. */
export class MemoryStore implements Store {
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  readonly #newMemory: NewMemory;
  readonly #mapped: MappedMemory | undefined;

  /**
   * @param trial As of {@link NewMemory}.
   * @param mapped Lets pages of a file be mapped instead of copied.
   */
  constructor(memory: SharedArrayBuffer, trial: SharedArrayBuffer, mapped?: MappedMemory) {
    this.#bytes = new Uint8Array(memory);
    this.#newMemory = new NewMemory(this.#bytes, trial);
    this.#mapped = mapped;
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

  /** Whether parts are mapped, as far as is known. */
  get isMapped(): boolean {
    return this.#mapped?.isPossible === true;
  }

  /** Has a part be a file's, if that is wanted. @returns How many of its bytes are, from its start on: the others have to be filled. */
  map(byteOffset: number, lengthBytes: number, partOfFile: () => FilePart | undefined): number {
    const file = this.isMapped ? partOfFile() : undefined;
    if (file === undefined) return 0;
    return this.#mapped?.map(this.view(byteOffset, lengthBytes, 'write-failed'), file) ?? 0;
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
  view(
    byteOffset: number,
    lengthBytes: number,
    code: 'unexpected-end' | 'write-failed',
  ): Uint8Array<SharedArrayBuffer> {
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
