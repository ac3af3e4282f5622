import { loadCapture, testedCaptures } from '@mapped-ram/fixtures';
import { openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { measureDensity } from './density.js';

it.each(testedCaptures())('%s: all set pages are counted, however many parts there are', async (id) => {
  const snapshot = await openSnapshot(await loadCapture(id), { tolerant: true });
  for (const block of snapshot.ramBlocks) {
    const setPages = await snapshot.countSetPages(block);
    for (const parts of [1, 7, 64, 100_000]) {
      const density = await measureDensity(snapshot, block, parts);
      expect(density.setPages).toHaveLength(block.ignored ? 0 : Math.min(parts, block.pageCount));
      expect(density.setPages.reduce((sum, count) => sum + count, 0)).toBe(setPages);
    }
  }
});

it('counts each page in its part, across pieces of the bitmap', async () => {
  // 20,000,100 pages; set are one in the first part, all of a middle one, and the last page of all.
  const pageCount = 20_000_100;
  const isSet = (page: number) =>
    page === 5 || (page >= 10_000_050 && page < 12_000_060) || page === pageCount - 1;
  const block = { pageCount, ignored: false } as RamBlock;
  const snapshot = {
    wordOrder: 'le',
    async *readBitmap() {
      for (let firstPage = 0; firstPage < pageCount; firstPage += 2 ** 23) {
        const pages = Math.min(2 ** 23, pageCount - firstPage);
        const bytes = new Uint8Array(Math.ceil(pages / 64) * 8);
        for (let page = 0; page < pages; page++) {
          if (isSet(firstPage + page)) bytes[page >> 3] = (bytes[page >> 3] ?? 0) | (1 << (page & 7));
        }
        yield { firstPage, pageCount: pages, bytes };
      }
    },
  } as unknown as Snapshot;
  const { setPages, shares } = await measureDensity(snapshot, block, 10);
  expect([...setPages]).toEqual([1, 0, 0, 0, 0, 2_000_010, 0, 0, 0, 1]);
  expect(shares[5]).toBe(1);
});

it('is as fine as the pages of a small block', async () => {
  const snapshot = await openSnapshot(await loadCapture('qemu-10.0/pc'));
  const block = snapshot.ramBlocks.find(({ pageCount }) => pageCount === 16) as RamBlock;
  const { shares } = await measureDensity(snapshot, block, 960);
  expect(shares).toHaveLength(16);
  expect(new Set(shares)).toEqual(new Set([0, 1]));
});
