import {
  createPageScanner,
  forEachRun,
  getBit,
  type PageScanner,
  type RunCallback,
} from '@mapped-ram/format';

/** Pages in a scan, at least: the scanner's result must be whole 64-bit words. */
const MIN_PAGES = 64;

const BUFFER_BYTES = 1024 * 1024;

/**
 * Which pages the guest does not use, such as a balloon reports them: a bitmap (a bit a page, in little-endian 64-bit
 * words), or a function. It is asked anew for every page that is written.
 */
export type FreePages = Uint8Array | ((pageIndex: number) => boolean);

/** Where the runs go that a filter finds. */
export interface FilteredRuns {
  /** Pages that are to be stored. */
  stored: RunCallback;
  /** Pages that are zero or free. */
  dropped: RunCallback;
}

/** Divides runs of pages into those that belong in the file and those that come back as zeros without it. */
export class PageFilter {
  readonly #pageSize: number;
  readonly #free: FreePages | undefined;
  readonly #scanner: PageScanner | undefined;
  /** A bit for each page of a step, set where it is to be stored. */
  readonly #bits: Uint8Array;
  readonly #stepPages: number;

  /** @param detectsZeros Whether pages that are all zeros are dropped. */
  constructor(pageSize: number, detectsZeros: boolean, free: FreePages | undefined) {
    this.#pageSize = pageSize;
    this.#free = free;
    this.#stepPages = Math.max(MIN_PAGES, BUFFER_BYTES / pageSize);
    if (detectsZeros) {
      this.#scanner = createPageScanner({ pageSize, bufferLengthBytes: this.#stepPages * pageSize });
    }
    this.#bits = this.#scanner?.nonZeroBits ?? new Uint8Array(this.#stepPages / 8);
  }

  /**
   * Divides a run.
   *
   * @param bytes The run's pages; only read.
   */
  divide(firstPage: number, bytes: Uint8Array, runs: FilteredRuns): void {
    const pageCount = bytes.length / this.#pageSize;
    if (this.#scanner === undefined && this.#free === undefined) {
      runs.stored(firstPage, pageCount);
      return;
    }
    for (let at = 0; at < pageCount; at += this.#stepPages) {
      const count = Math.min(this.#stepPages, pageCount - at);
      this.#mark(bytes.subarray(at * this.#pageSize, (at + count) * this.#pageSize), count);
      this.#dropFree(firstPage + at, count);
      this.#report(firstPage + at, count, runs);
    }
  }

  #mark(bytes: Uint8Array, pageCount: number): void {
    if (this.#scanner === undefined) {
      this.#bits.fill(0xff);
      return;
    }
    this.#scanner.buffer.set(bytes);
    this.#scanner.scan(0, pageCount);
  }

  #dropFree(firstPage: number, pageCount: number): void {
    const free = this.#free;
    if (free === undefined) return;
    for (let page = 0; page < pageCount; page++) {
      const pageIndex = firstPage + page;
      const isFree = typeof free === 'function' ? free(pageIndex) : getBit(free, pageIndex, 'le');
      if (isFree) this.#bits[page >> 3] = (this.#bits[page >> 3] ?? 0) & ~(1 << (page & 7));
    }
  }

  #report(firstPage: number, pageCount: number, { stored, dropped }: FilteredRuns): void {
    let next = 0;
    forEachRun(this.#bits, 'le', 0, pageCount, (first, count) => {
      if (first > next) dropped(firstPage + next, first - next);
      stored(firstPage + first, count);
      next = first + count;
    });
    if (next < pageCount) dropped(firstPage + next, pageCount - next);
  }
}
