import { populateMemory, preferLargePages } from '@mapped-ram/posix';
import { isHad } from './is-had.js';

const MIB = 2 ** 20;

/**
 * Filling a MiB of new memory takes 0.3 to 0.8 ms with pages of 4 KiB. It takes longer in a virtual machine whose host follows each of the
 * guest's page tables (2.7 ms, of which large pages leave 0.3), and where memory has to be had from the host first.
 */
const SLOW_MS_PER_MIB = 1;

/** So much is filled until the time that it took is looked at. */
const LOOKED_AT_BYTES = 2 * MIB;

/** The same in large pages, of which some are there in small ones already. */
const LARGE_LOOKED_AT_BYTES = 8 * MIB;

/** So much is filled at the most before memory is asked for in pieces: loading the library that asks takes as long. */
const FILLED_WITHOUT_BYTES = 32 * MIB;

/** Large pages are tried only where small ones are slow, by one thread: the others would not know whose pages they time. */
type Way = 'as-it-comes' | 'small-pages' | 'trying-large-pages' | 'settled';

/**
 * Has the kernel provide memory just before it is filled for the first time, piece by piece instead of page by page, and in large pages
 * where these turn out to be much quicker: in other machines, finding and clearing whole pieces of 2 MiB costs more than it saves.
 */
export class NewMemory {
  readonly #whole: Uint8Array;
  readonly #trial: Int32Array;
  #way: Way = 'as-it-comes';
  #canPopulate = true;
  #filledBytes = 0;
  #lookedBytes = 0;
  #lookedMs = 0;
  #smallMsPerMib = 0;

  /**
   * @param whole All of the memory, of which parts will be filled.
   * @param trial The same for all threads that fill it, zeroed, of {@link TRIAL_BYTES}: the first that finds small pages slow tries large ones.
   */
  constructor(whole: Uint8Array, trial: SharedArrayBuffer) {
    this.#whole = whole;
    this.#trial = new Int32Array(trial);
  }

  /** Provides a part that is going to be filled. */
  provide(part: Uint8Array): void {
    const isAsked = this.#way === 'small-pages' || this.#way === 'trying-large-pages';
    if (isAsked) this.#canPopulate &&= isHad(() => populateMemory(part));
  }

  /** @param tookMs What filling a part took, with providing it. */
  filled(lengthBytes: number, tookMs: number): void {
    if (this.#way === 'settled') return;
    this.#filledBytes += lengthBytes;
    this.#lookedBytes += lengthBytes;
    this.#lookedMs += tookMs;
    const enough = this.#way === 'trying-large-pages' ? LARGE_LOOKED_AT_BYTES : LOOKED_AT_BYTES;
    if (this.#lookedBytes < enough) return;
    this.#way = this.#next(this.#lookedMs / (this.#lookedBytes / MIB));
    this.#lookedBytes = 0;
    this.#lookedMs = 0;
  }

  #next(msPerMib: number): Way {
    if (this.#way === 'trying-large-pages') {
      if (msPerMib > this.#smallMsPerMib / 2) isHad(() => preferLargePages(this.#whole, false));
      return 'settled';
    }
    if (msPerMib <= SLOW_MS_PER_MIB)
      return this.#filledBytes >= FILLED_WITHOUT_BYTES ? 'small-pages' : this.#way;
    if (Atomics.exchange(this.#trial, 0, 1) !== 0) return 'settled';
    this.#smallMsPerMib = msPerMib;
    return isHad(() => preferLargePages(this.#whole, true)) ? 'trying-large-pages' : 'settled';
  }
}

/** What threads that fill the same memory share. */
export const TRIAL_BYTES = Int32Array.BYTES_PER_ELEMENT;
