import { countSet } from '@mapped-ram/format';
import { type DataExtent, dataExtents } from '@mapped-ram/posix';
import { BATCH_BYTES } from './channel-memory.js';
import { setBits } from './set-bits.js';

/** Extents that are looked up in a window. What comes after so many is taken to be data, since looking takes time too. */
const MAX_EXTENTS = 16;

/** Consecutive pages of a file. */
export interface PageRegion {
  /** Offset of page 0 in the file, in bytes. */
  readonly pagesOffset: number;
  /** In bytes: a power of two, from 256 to 65,536. */
  readonly pageSize: number;
  /** The first page of the region. */
  readonly firstPage: number;
  readonly pageCount: number;
}

/** Some pages of a region: as many as go into a batch. */
export interface DataWindow {
  readonly firstPage: number;
  readonly pageCount: number;
  /** Which of them are not in holes, as little-endian 64-bit words. Absent where all are. A view, valid until the next step. */
  readonly dataPages?: Uint8Array;
}

/**
 * Finds out which pages of a region are not in holes of the file.
 *
 * @param descriptor Its position is moved.
 * @throws PosixError, PosixUnavailableError
 */
export function* dataWindows(descriptor: number, region: PageRegion): Generator<DataWindow, void, undefined> {
  const { pagesOffset, pageSize } = region;
  const windowPages = BATCH_BYTES / pageSize;
  const dataPages = new Uint8Array(Math.ceil(windowPages / 64) * 8);
  const endPage = region.firstPage + region.pageCount;
  const extents = new ExtentCursor(
    descriptor,
    pagesOffset + region.firstPage * pageSize,
    pagesOffset + endPage * pageSize,
  );
  for (let firstPage = region.firstPage; firstPage < endPage; firstPage += windowPages) {
    const pageCount = Math.min(windowPages, endPage - firstPage);
    const start = pagesOffset + firstPage * pageSize;
    dataPages.fill(0);
    extents.until(start + pageCount * pageSize, (from, to) => {
      setBits(
        dataPages,
        Math.floor(Math.max(0, from - start) / pageSize),
        Math.ceil((to - start) / pageSize),
      );
    });
    const hasHole = countSet(dataPages, pageCount, 'le') < pageCount;
    yield { firstPage, pageCount, ...(hasHole && { dataPages }) };
  }
}

/** Goes through the extents of a range, looking each one up once. */
class ExtentCursor {
  readonly #descriptor: number;
  readonly #end: number;
  #extents: Generator<DataExtent, void, undefined>;
  #extent: DataExtent | undefined;

  constructor(descriptor: number, start: number, end: number) {
    this.#descriptor = descriptor;
    this.#end = end;
    this.#extents = dataExtents(descriptor, start, end);
    this.#extent = this.#extents.next().value ?? undefined;
  }

  /** Calls back for the data before `to`; the first may begin before the last call's `to`. */
  until(to: number, callback: (from: number, to: number) => void): void {
    for (let looked = 1; this.#extent !== undefined && this.#extent.byteOffset < to; looked++) {
      const { byteOffset, lengthBytes } = this.#extent;
      const extentEnd = byteOffset + lengthBytes;
      const isEnough = looked === MAX_EXTENTS;
      callback(byteOffset, isEnough ? to : Math.min(extentEnd, to));
      if (extentEnd > to) return;
      if (isEnough) this.#extents = dataExtents(this.#descriptor, to, this.#end);
      this.#extent = this.#extents.next().value ?? undefined;
    }
  }
}
