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

/** A scanner for each page size, made when it is first needed. */
export class PageScanners {
  readonly #bySize = new Map<number, PageScanner>();

  of(pageSize: number): PageScanner {
    const known = this.#bySize.get(pageSize);
    if (known !== undefined) return known;
    const scanner = createPageScanner({ pageSize, bufferLengthBytes: stepPagesOf(pageSize) * pageSize });
    this.#bySize.set(pageSize, scanner);
    return scanner;
  }
}

const stepPagesOf = (pageSize: number): number => Math.max(MIN_PAGES, BUFFER_BYTES / pageSize);

/** Divides runs of pages into those that belong in the file and those that come back as zeros without it. */
export class PageFilter {
  readonly #pageSize: number;
  readonly #free: FreePages | undefined;
  readonly #scanners: PageScanners | undefined;
  readonly #stepPages: number;

  /** @param scanners Find pages that are all zeros, which are dropped; without, they are stored. Filters may share them. */
  constructor(pageSize: number, scanners: PageScanners | undefined, free: FreePages | undefined) {
    this.#pageSize = pageSize;
    this.#free = free;
    this.#scanners = scanners;
    this.#stepPages = stepPagesOf(pageSize);
  }

  /**
   * Divides a run.
   *
   * @param bytes The run's pages; only read.
   */
  divide(firstPage: number, bytes: Uint8Array, runs: FilteredRuns): void {
    const pageCount = bytes.length / this.#pageSize;
    if (this.#scanners === undefined && this.#free === undefined) {
      runs.stored(firstPage, pageCount);
      return;
    }
    for (let at = 0; at < pageCount; at += this.#stepPages) {
      const count = Math.min(this.#stepPages, pageCount - at);
      const bits = this.#mark(bytes.subarray(at * this.#pageSize, (at + count) * this.#pageSize), count);
      this.#dropFree(bits, firstPage + at, count);
      this.#report(bits, firstPage + at, count, runs);
    }
  }

  /** @returns A bit for each page of a step, set where it is to be stored; valid until the next step. */
  #mark(bytes: Uint8Array, pageCount: number): Uint8Array {
    if (this.#scanners === undefined) return new Uint8Array(this.#stepPages / 8).fill(0xff);
    const scanner = this.#scanners.of(this.#pageSize);
    scanner.buffer.set(bytes);
    scanner.scan(0, pageCount);
    return scanner.nonZeroBits;
  }

  #dropFree(bits: Uint8Array, firstPage: number, pageCount: number): void {
    const free = this.#free;
    if (free === undefined) return;
    for (let page = 0; page < pageCount; page++) {
      const pageIndex = firstPage + page;
      const isFree = typeof free === 'function' ? free(pageIndex) : getBit(free, pageIndex, 'le');
      if (isFree) bits[page >> 3] = (bits[page >> 3] ?? 0) & ~(1 << (page & 7));
    }
  }

  #report(bits: Uint8Array, firstPage: number, pageCount: number, { stored, dropped }: FilteredRuns): void {
    let next = 0;
    forEachRun(bits, 'le', 0, pageCount, (first, count) => {
      if (first > next) dropped(firstPage + next, first - next);
      stored(firstPage + first, count);
      next = first + count;
    });
    if (next < pageCount) dropped(firstPage + next, pageCount - next);
  }
}
