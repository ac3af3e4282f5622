import {
  bitmapLengthBytes,
  clearRange,
  countSet,
  forEachRun,
  type RunCallback,
  setRange,
} from '@mapped-ram/format';

/** The bitmap of a block while its pages are written: little-endian, a bit a page. */
export class PageBits {
  /** Whole 64-bit words. Not a copy. */
  readonly bytes: Uint8Array;
  readonly #pageCount: number;

  constructor(pageCount: number) {
    // Memory that no bit was set in is never touched, so that the bits of a hole cost nothing.
    this.bytes = new Uint8Array(bitmapLengthBytes(pageCount));
    this.#pageCount = pageCount;
  }

  /** How many bits are set. */
  get setPages(): number {
    return countSet(this.bytes, this.#pageCount, 'le');
  }

  /** Sets the bits of a run. */
  set(firstPage: number, pageCount: number): void {
    setRange(this.bytes, firstPage, firstPage + pageCount);
  }

  /** Clears the bits of a run. */
  clear(firstPage: number, pageCount: number): void {
    clearRange(this.bytes, firstPage, firstPage + pageCount);
  }

  /** Calls back for each run of set bits within a run. */
  forEachSetRun(firstPage: number, pageCount: number, callback: RunCallback): void {
    forEachRun(this.bytes, 'le', firstPage, firstPage + pageCount, callback);
  }
}
