import { anySet, countSet, keepCommon, setRange } from '@mapped-ram/format';
import type { Extent } from '@mapped-ram/reader';
import type { PagesToScan } from './nonzero-page-finder.js';

/** Extents that are looked up in a window. What comes after so many is taken to be data, since looking takes time too. */
const MAX_EXTENTS = 16;

/** Finds the stretches of a range of a file that are no holes, in ascending order. */
export type FindExtents = (fromOffset: number, toOffset: number) => Iterable<Extent>;

/** Some pages of those that are to be scanned. */
export interface DataWindow {
  readonly firstPage: number;
  readonly pageCount: number;
  /**
   * Which of them have to be looked at: they are wanted, and not in holes. Little-endian 64-bit words; absent where all have to. A
   * view, valid until the next step.
   */
  readonly lookAt?: Uint8Array;
  /** Whether any of them has to be looked at. */
  readonly isEmpty: boolean;
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
): Generator<DataWindow, void, undefined> {
  const { pagesOffset, pageSize, wanted } = pages;
  const endPage = pages.firstPage + pages.pageCount;
  const lookAt = new Uint8Array(windowPages / 8);
  const extents =
    findExtents &&
    new ExtentCursor(findExtents, pagesOffset + pages.firstPage * pageSize, pagesOffset + endPage * pageSize);
  for (let firstPage = pages.firstPage; firstPage < endPage; firstPage += windowPages) {
    const pageCount = Math.min(windowPages, endPage - firstPage);
    const start = pagesOffset + firstPage * pageSize;
    lookAt.fill(extents === undefined ? 0xff : 0);
    extents?.until(start + pageCount * pageSize, (from, to) => {
      setRange(lookAt, Math.floor(Math.max(0, from - start) / pageSize), Math.ceil((to - start) / pageSize));
    });
    if (wanted !== undefined) keepCommon(lookAt, wanted.subarray((firstPage - pages.firstPage) / 8));
    const isWhole = countSet(lookAt, pageCount, 'le') === pageCount;
    yield { firstPage, pageCount, isEmpty: !anySet(lookAt, pageCount, 'le'), ...(!isWhole && { lookAt }) };
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

  /** Calls back for the data before `to`; the first may begin before the last call's `to`. */
  until(to: number, callback: (from: number, to: number) => void): void {
    for (let looked = 1; this.#extent !== undefined && this.#extent.byteOffset < to; looked++) {
      const { byteOffset, lengthBytes } = this.#extent;
      const extentEnd = byteOffset + lengthBytes;
      const isEnough = looked === MAX_EXTENTS;
      callback(byteOffset, isEnough ? to : Math.min(extentEnd, to));
      if (extentEnd > to) return;
      if (isEnough) this.#extents = this.#find(to, this.#end)[Symbol.iterator]();
      this.#next();
    }
  }

  #next(): void {
    const next = this.#extents.next();
    this.#extent = next.done === true ? undefined : next.value;
  }
}
