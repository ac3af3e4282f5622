import { bitmapLengthBytes, countSet, forEachRun, type RunCallback } from '@mapped-ram/format';

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
    this.#change(firstPage, pageCount, (byte, mask) => byte | mask);
  }

  /** Clears the bits of a run. */
  clear(firstPage: number, pageCount: number): void {
    this.#change(firstPage, pageCount, (byte, mask) => byte & ~mask);
  }

  /** Calls back for each run of set bits within a run. */
  forEachSetRun(firstPage: number, pageCount: number, callback: RunCallback): void {
    forEachRun(this.bytes, 'le', firstPage, firstPage + pageCount, callback);
  }

  #change(firstPage: number, pageCount: number, change: (byte: number, mask: number) => number): void {
    const { bytes } = this;
    const end = firstPage + pageCount;
    for (let page = firstPage; page < end; ) {
      const index = Math.floor(page / 8);
      const bit = page % 8;
      if (bit === 0 && end - page >= 8) {
        const wholeEnd = Math.floor(end / 8);
        bytes.fill(change(0, 0xff) & 0xff, index, wholeEnd);
        page = wholeEnd * 8;
        continue;
      }
      const count = Math.min(8 - bit, end - page);
      bytes[index] = change(bytes[index] ?? 0, ((1 << count) - 1) << bit);
      page += count;
    }
  }
}
