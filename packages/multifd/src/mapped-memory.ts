import { mapFile } from '@mapped-ram/posix';
import { isHad } from './is-had.js';

/** Where bytes lie in a file. */
export interface FilePart {
  readonly descriptor: number;
  readonly byteOffset: number;
}

/** The largest that Linux has on x64 and arm64. */
const SYSTEM_PAGE_BYTES = 64 * 1024;

/** A process may have some 65,000 mappings by default (`vm.max_map_count`), and Node needs some for itself. */
const MAX_MAPPINGS = 16_384;

/** Puts parts of a file behind memory instead of copying them. */
export class MappedMemory {
  readonly #mappings: Int32Array;
  #isPossible = true;
  #endAddress = -1;
  #endOffset = -1;

  /** @param mappings The same for all threads, zeroed, of {@link MAPPINGS_BYTES}: how many there are. */
  constructor(mappings: SharedArrayBuffer) {
    this.#mappings = new Int32Array(mappings);
  }

  /** Whether it is not known to be in vain. */
  get isPossible(): boolean {
    return this.#isPossible;
  }

  /** @returns How many of its bytes were mapped, from its start on: the others have to be copied. */
  map(view: Uint8Array<SharedArrayBuffer>, { descriptor, byteOffset }: FilePart): number {
    const whole = view.subarray(0, view.length - (view.length % SYSTEM_PAGE_BYTES));
    if (!this.#isPossible || whole.length === 0) return 0;
    // The kernel has one mapping for both.
    const goesOn = view.byteOffset === this.#endAddress && byteOffset === this.#endOffset;
    if (!goesOn && Atomics.add(this.#mappings, 0, 1) >= MAX_MAPPINGS) this.#isPossible = false;
    this.#isPossible &&= isHad(() => mapFile(whole, descriptor, byteOffset));
    this.#endAddress = view.byteOffset + whole.length;
    this.#endOffset = byteOffset + whole.length;
    return this.#isPossible ? whole.length : 0;
  }
}

/** What threads that map a file behind the same memory share. */
export const MAPPINGS_BYTES = Int32Array.BYTES_PER_ELEMENT;
