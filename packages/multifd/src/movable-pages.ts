import { anySet, clearRange, countSet, isPageSize } from '@mapped-ram/format';
import { BATCH_BYTES } from './channel-memory.js';
import type { Batch } from './protocol.js';

/** Consecutive pages, the places where they are and where they go, and which of them are wanted. */
export interface MovablePages {
  /** In bytes: a power of two, from 256 to 65,536. */
  readonly pageSize: number;
  /** Offset of page 0 in the source, in bytes. Negative where only later pages are there. */
  readonly readFrom: number;
  /** Offset of page 0 in the target, in bytes; negative where only later pages have a place. Absent: nothing is written. */
  readonly writeTo?: number | undefined;
  /** Offset of page 0 in the file that the source is compared with, in bytes: pages that are the same there are left out. */
  readonly compareWith?: number | undefined;
  /** The first page that is moved; 0 if not given. */
  readonly firstPage?: number | undefined;
  readonly pageCount: number;
  /**
   * Pages that are moved: little-endian 64-bit words, whose first bit stands for `firstPage`. All if not given. It is read while
   * the pages are handed over.
   */
  readonly wanted?: Uint8Array | undefined;
  /** Leave pages out that are all zeros. Off if not given. */
  readonly findZeros?: boolean | undefined;
  /** Leave pages out in which the literal that the channels look for does not begin; nothing is written. Off if not given. */
  readonly findLiteral?: boolean | undefined;
  /**
   * Bytes of a batch, so that several channels get a part of few pages; 64 pages are one at least, and 16 MiB at most. If not
   * given, what suits the channels' target.
   */
  readonly batchBytes?: number | undefined;
}

/** Pages that were moved. */
export interface MovedPages {
  readonly firstPage: number;
  readonly pageCount: number;
  /** How many of them were wanted. */
  readonly wantedPages: number;
  /**
   * Bit `i & 7` of byte `i >> 3` is set where page `firstPage + i` was moved: it was wanted and, if zeros were to be found, is not
   * all zeros, or, if it was compared, is another, or, if it was searched, has or
   * may have the literal's beginning. Whole 64-bit words, in which bits behind the last page are clear. A view that is valid during the call.
   */
  readonly bits: Uint8Array;
}

/** Told of pages that were moved. */
export type OnMoved = (moved: MovedPages) => void;

/** A batch and the pages that it consists of. */
export interface PageBatch extends Batch {
  readonly firstPage: number;
}

/** What channels have beside a source. */
interface ChannelPlaces {
  readonly target?: unknown;
  readonly compared?: unknown;
  readonly literal?: unknown;
}

/** @throws RangeError where these are not pages that channels can move. */
export function checkPages(pages: MovablePages, places: ChannelPlaces): void {
  const { pageSize, firstPage = 0, pageCount, wanted } = pages;
  if (!isPageSize(pageSize)) {
    throw new RangeError(`channels move pages of 256 to 65,536 bytes, not of ${pageSize}`);
  }
  const place = (pageZero: number) => pageZero + firstPage * pageSize;
  const readFrom = place(pages.readFrom);
  const writeTo = place(pages.writeTo ?? 0);
  const compareWith = place(pages.compareWith ?? 0);
  for (const [name, value] of Object.entries({ readFrom, writeTo, compareWith, firstPage, pageCount })) {
    if (!(Number.isSafeInteger(value) && value >= 0)) throw new RangeError(`${name} cannot be ${value}`);
  }
  if (!Number.isSafeInteger(Math.max(readFrom, writeTo, compareWith) + pageCount * pageSize)) {
    throw new RangeError(`no file has ${pageCount} pages from page ${firstPage} on`);
  }
  if (pages.writeTo !== undefined && places.target === undefined)
    throw new RangeError('the channels have no target');
  if (pages.compareWith !== undefined && places.compared === undefined) {
    throw new RangeError('the channels have nothing to compare with');
  }
  if (pages.findLiteral === true && places.literal === undefined)
    throw new RangeError('the channels have nothing to look for');
  if (wanted !== undefined && (wanted.length % 8 !== 0 || wanted.length * 8 < pageCount)) {
    throw new RangeError(`${wanted.length} bytes of bitmap are not whole words for ${pageCount} pages`);
  }
}

/** The batches of the pages, in ascending order; those in which no page is wanted are left out. */
export function* batchesOf(pages: MovablePages): Generator<PageBatch, void, undefined> {
  const { pageSize, readFrom, writeTo, compareWith, firstPage = 0, findZeros = false } = pages;
  const { findLiteral = false } = pages;
  const batchPages = batchPagesOf(pages);
  for (let done = 0; done < pages.pageCount; done += batchPages) {
    const pageCount = Math.min(batchPages, pages.pageCount - done);
    if (pages.wanted !== undefined && !anySet(pages.wanted.subarray(done / 8), pageCount, 'le')) continue;
    const first = firstPage + done;
    yield {
      firstPage: first,
      pageCount,
      pageSize,
      readFrom: readFrom + first * pageSize,
      writeTo: writeTo === undefined ? undefined : writeTo + first * pageSize,
      compareWith: compareWith === undefined ? undefined : compareWith + first * pageSize,
      findZeros,
      findLiteral,
    };
  }
}

/** Whole words of bits. */
function batchPagesOf({ pageSize, batchBytes = BATCH_BYTES }: MovablePages): number {
  const words = Math.floor(Math.min(batchBytes, BATCH_BYTES) / pageSize / 64);
  return Math.max(1, words) * 64;
}

/**
 * Sets the bits of a batch's wanted pages, and clears the others up to the end of the last page's word.
 *
 * @returns How many are wanted.
 */
export function setWantedBits(pages: MovablePages, batch: PageBatch, bits: Uint8Array): number {
  const { firstPage = 0, wanted } = pages;
  const start = (batch.firstPage - firstPage) / 8;
  const lengthBytes = Math.ceil(batch.pageCount / 64) * 8;
  if (wanted === undefined) bits.fill(0xff, 0, lengthBytes);
  else bits.set(wanted.subarray(start, start + lengthBytes));
  clearRange(bits, batch.pageCount, lengthBytes * 8);
  return countSet(bits.subarray(0, lengthBytes), batch.pageCount, 'le');
}
