import { countSet, findSet, keepCommon, setRange } from '@mapped-ram/format';
import type { Extent } from '@mapped-ram/reader';
import type { PagesToScan } from './nonzero-page-finder.js';

/** Extents that are looked up in a window. What comes after so many is taken to be data, since looking takes time too. */
const MAX_EXTENTS = 16;

/** Pages for which it is found out at once where their data lie: a bit each. */
const SECTION_PAGES = 512 * 1024;

/** Finds the stretches of a range of a file that are no holes, in ascending order. */
export type FindExtents = (fromOffset: number, toOffset: number) => Iterable<Extent>;

/** Some pages of those that are to be scanned. */
export interface DataWindow {
  readonly firstPage: number;
  readonly pageCount: number;
  /** Whether none of them has to be looked at; then there may be more of them than in a window. */
  readonly isEmpty: boolean;
  /**
   * Which of them have to be looked at: they are wanted, and not in holes. Little-endian 64-bit words; absent where all have to. A
   * view, valid until the next step.
   */
  readonly lookAt?: Uint8Array;
}

/** A window in which there is nothing to look at. */
export interface EmptyWindow extends DataWindow {
  readonly isEmpty: true;
  /** No bit is set: what a scan finds. */
  readonly lookAt: Uint8Array;
}

/** A window in which there is. */
export interface FilledWindow extends DataWindow {
  readonly isEmpty: false;
}

/**
 * Divides pages into windows, and finds out which pages of each have to be looked at.
 *
 * @param windowPages Pages in a window: a multiple of 64.
 * @param findExtents Where the holes are; absent where nobody knows.
 */
export function* dataWindows(
  pages: PagesToScan,
  windowPages: number,
  findExtents?: FindExtents,
): Generator<EmptyWindow | FilledWindow, void, undefined> {
  const { pagesOffset, pageSize, wanted } = pages;
  const endPage = pages.firstPage + pages.pageCount;
  const placeOf = (page: number) => pagesOffset + page * pageSize;
  const extents = findExtents && new ExtentCursor(findExtents, placeOf(pages.firstPage), placeOf(endPage));
  const sectionPages = windowPages * Math.max(1, Math.floor(SECTION_PAGES / windowPages));
  const bits = new Uint8Array(Math.ceil(Math.min(sectionPages, pages.pageCount) / 64) * 8);
  for (let firstPage = pages.firstPage; firstPage < endPage; firstPage += sectionPages) {
    const section = { firstPage, pageCount: Math.min(sectionPages, endPage - firstPage) };
    const lookAt = bits
      .subarray(0, Math.ceil(section.pageCount / 64) * 8)
      .fill(extents === undefined ? 0xff : 0);
    extents?.mark(lookAt, placeOf(firstPage), placeOf(firstPage + section.pageCount), pageSize, windowPages);
    if (wanted !== undefined) keepCommon(lookAt, wanted.subarray((firstPage - pages.firstPage) / 8));
    yield* windowsOf(section, lookAt, windowPages);
  }
}

/** The windows of a section: those that are empty and lie together are one. */
function* windowsOf(
  section: { readonly firstPage: number; readonly pageCount: number },
  lookAt: Uint8Array,
  windowPages: number,
): Generator<EmptyWindow | FilledWindow, void, undefined> {
  const wordsOf = (first: number, count: number) =>
    lookAt.subarray(first / 8, first / 8 + Math.ceil(count / 64) * 8);
  for (let first = 0; first < section.pageCount; ) {
    const firstPage = section.firstPage + first;
    const next = findSet(lookAt, 'le', first, section.pageCount);
    const emptyEnd = next === section.pageCount ? next : Math.floor(next / windowPages) * windowPages;
    const pageCount = emptyEnd - first || Math.min(windowPages, section.pageCount - first);
    const words = wordsOf(first, pageCount);
    if (emptyEnd > first) {
      yield { firstPage, pageCount, isEmpty: true, lookAt: words };
    } else {
      const isWhole = countSet(words, pageCount, 'le') === pageCount;
      yield { firstPage, pageCount, isEmpty: false, ...(!isWhole && { lookAt: words }) };
    }
    first += pageCount;
  }
}

/** Goes through the extents of a range, looking each one up once. */
class ExtentCursor {
  readonly #find: FindExtents;
  readonly #end: number;
  #extents: Iterator<Extent>;
  #extent: Extent | undefined;

  constructor(find: FindExtents, start: number, end: number) {
    this.#find = find;
    this.#end = end;
    this.#extents = find(start, end)[Symbol.iterator]();
    this.#next();
  }

  /**
   * Sets the bits of the pages in `[from, to)` that hold data. Calls come in ascending order.
   *
   * @param bits The one of the page at `from` comes first.
   */
  mark(bits: Uint8Array, from: number, to: number, pageSize: number, windowPages: number): void {
    const windowBytes = windowPages * pageSize;
    let lastWindow = 0;
    let looked = 0;
    while (this.#extent !== undefined && this.#extent.byteOffset < to) {
      const start = Math.max(from, this.#extent.byteOffset);
      const extentEnd = this.#extent.byteOffset + this.#extent.lengthBytes;
      const window = Math.floor((start - from) / windowBytes);
      const windowEnd = Math.min(to, from + (window + 1) * windowBytes);
      looked = window === lastWindow ? looked + 1 : 1;
      lastWindow = window;
      const isEnough = looked === MAX_EXTENTS && extentEnd < windowEnd;
      const end = isEnough ? windowEnd : Math.min(extentEnd, to);
      setRange(bits, Math.floor((start - from) / pageSize), Math.ceil((end - from) / pageSize));
      if (extentEnd > to) return;
      if (isEnough) this.#extents = this.#find(windowEnd, this.#end)[Symbol.iterator]();
      this.#next();
    }
  }

  #next(): void {
    const next = this.#extents.next();
    this.#extent = next.done === true ? undefined : next.value;
  }
}
