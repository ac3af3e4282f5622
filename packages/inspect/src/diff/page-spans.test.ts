import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { bitmapPairs, combine, type PageSpan, pageSpans } from './page-spans.js';

const PIECE_PAGES = 2 ** 23;

/** A snapshot of which there is nothing but one bitmap, given in pieces as the reader gives them. */
function bitmapOnly(pageCount: number, isSet: (page: number) => boolean): Snapshot {
  return {
    wordOrder: 'le',
    async *readBitmap() {
      const buffer = new Uint8Array(PIECE_PAGES / 8);
      for (let firstPage = 0; firstPage < pageCount; firstPage += PIECE_PAGES) {
        const pages = Math.min(PIECE_PAGES, pageCount - firstPage);
        const bytes = buffer.subarray(0, Math.ceil(pages / 64) * 8).fill(0);
        for (let page = 0; page < pages; page++) {
          if (isSet(firstPage + page)) bytes[page >> 3] = (bytes[page >> 3] ?? 0) | (1 << (page & 7));
        }
        yield { firstPage, pageCount: pages, bytes };
      }
    },
  } as unknown as Snapshot;
}

it('covers every page that is set in either, once, across pieces of the bitmaps', async () => {
  const pageCount = PIECE_PAGES + 1000;
  const inA = (page: number) => page === 3 || (page > PIECE_PAGES - 700 && page < PIECE_PAGES + 5);
  const inB = (page: number) => page === 4_000_001 || page === pageCount - 2;
  const block = { pageCount, pageSize: 4096 } as RamBlock;
  // The second one is longer, and set in the part that the first does not have.
  const snapshots = [
    bitmapOnly(pageCount, inA),
    bitmapOnly(pageCount + 5000, (page) => inB(page) || page > pageCount),
  ] as const;
  const covered: number[] = [];
  const spans: PageSpan[] = [];
  for await (const pair of bitmapPairs(snapshots, [block, block])) {
    spans.push(...pageSpans(pair, combine(pair, 'either'), { pageSize: 4096, maxPages: 256 }));
  }
  for (const { firstPage, pageCount: length, bitmaps, bitOffset } of spans) {
    expect(length).toBeLessThanOrEqual(256);
    for (let page = 0; page < length; page++) {
      const bit = bitOffset + page;
      const [a, b] = bitmaps.map((bitmap) => (((bitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1);
      expect([a, b]).toEqual([inA(firstPage + page), inB(firstPage + page)]);
      covered.push(firstPage + page);
    }
  }
  expect(new Set(covered).size).toBe(covered.length);
  const set = new Set(covered.filter((page) => inA(page) || inB(page)));
  expect(set.size).toBe(1 + 704 + 2);
  // Between them little is read: what lies far from any set page is left out.
  expect(covered.length - set.size).toBeLessThan(1000);
});
