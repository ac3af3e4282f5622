import { loadCapture, SparseImage } from '@mapped-ram/fixtures';
import { getBit } from '@mapped-ram/format';
import { describe, expect, it } from 'vitest';
import type { RamBlock } from '../model.js';
import { openSnapshot, type RunOptions, type Snapshot } from '../snapshot.js';
import { findRuns } from './runs.js';

const image = await loadCapture('qemu-10.0/live');
const snapshot = await openSnapshot(image);
const blocks = snapshot.ramBlocks;

/** The set pages, bit by bit. */
function setPages(block: RamBlock, bitmap: Uint8Array): number[] {
  const pages = Array.from({ length: block.pageCount }, (_, page) => page);
  return pages.filter((page) => getBit(bitmap, page, 'le'));
}

async function pagesOfRuns(from: Snapshot, block: RamBlock, options: RunOptions): Promise<number[]> {
  const pages: number[] = [];
  let lastEnd = -1;
  for await (const batch of from.runs(block, options)) {
    for (let index = 0; index < batch.length; index++) {
      const first = batch.firstPage(index);
      const end = first + batch.pageCount(index);
      expect(first).toBeGreaterThan(lastEnd);
      for (let page = first; page < end; page++) pages.push(page);
      lastEnd = end;
    }
    expect([...batch]).toHaveLength(batch.length);
    expect(() => batch.firstPage(batch.length)).toThrow(RangeError);
  }
  return pages;
}

describe.each(blocks.map((block) => [block.idstr, block] as const))('%s', (_, block) => {
  const set = setPages(block, image.bytes(block.bitmapOffset, block.bitmapLengthBytes));

  it('has the runs that its bitmap says, set and clear', async () => {
    expect(await pagesOfRuns(snapshot, block, {})).toEqual(set);
    const clear = await pagesOfRuns(snapshot, block, { clear: true });
    expect([...set, ...clear].sort((a, b) => a - b)).toEqual(
      Array.from({ length: block.pageCount }, (_, i) => i),
    );
    expect(await snapshot.countSetPages(block)).toBe(set.length);
  });

  it.each([
    [0, 1],
    [63, 2],
    [64, 64],
    [70, 1000],
    [block.pageCount - 1, 5],
    [block.pageCount, 1],
  ])('has the runs among pages %i and %i more', async (firstPage, pageCount) => {
    const range = Array.from({ length: pageCount }, (_, i) => firstPage + i).filter(
      (page) => page < block.pageCount,
    );
    for (const clear of [false, true]) {
      const expected = range.filter((page) => set.includes(page) !== clear);
      expect(await pagesOfRuns(snapshot, block, { clear, firstPage, pageCount })).toEqual(expected);
    }
    const read: number[] = [];
    for await (const batch of snapshot.pages(block, { firstPage, pageCount })) {
      for (const run of batch) for (let i = 0; i < run.pageCount; i++) read.push(run.firstPage + i);
    }
    expect(read).toEqual(range.filter((page) => set.includes(page)));
  });

  it.each([4096, 3 * 4096 + 1, 1024 * 1024])(
    'gives every set page once, in chunks of %i',
    async (chunkBytes) => {
      const seen: number[] = [];
      for await (const batch of snapshot.pages(block, { chunkBytes })) {
        let batchBytes = 0;
        for (const { firstPage, pageCount, bytes } of batch) {
          const inFile = image.bytes(block.pagesOffset + firstPage * block.pageSize, bytes.length);
          expect(Buffer.compare(bytes, inFile)).toBe(0);
          expect(bytes.length).toBe(pageCount * block.pageSize);
          for (let page = firstPage; page < firstPage + pageCount; page++) seen.push(page);
          batchBytes += bytes.length;
        }
        expect(batchBytes).toBeLessThanOrEqual(chunkBytes);
      }
      expect(seen).toEqual(set);
    },
  );

  it('reads its memory, and zeros for clear bits whatever lies there', async () => {
    const memory = new Uint8Array(block.pageCount * block.pageSize).fill(0xff);
    await snapshot.readPages(block, 0, memory);
    const expected = new Uint8Array(memory.length);
    for (const page of set) {
      const at = page * block.pageSize;
      expected.set(image.bytes(block.pagesOffset + at, block.pageSize), at);
    }
    expect(Buffer.compare(memory, expected)).toBe(0);
    const three = new Uint8Array(3 * block.pageSize);
    const firstPage = Math.min(67, block.pageCount - 3);
    if (firstPage < 0) return;
    await snapshot.readPages(block, firstPage, three);
    const at = firstPage * block.pageSize;
    expect(Buffer.compare(three, expected.subarray(at, at + three.length))).toBe(0);
  });
});

it('has stale bytes under clear bits, as a live save leaves them, and can show them', async () => {
  const [block] = blocks as [RamBlock];
  let stale = 0;
  for await (const batch of snapshot.pages(block, { clear: true })) {
    for (const { bytes } of batch) if (bytes.some((byte) => byte !== 0)) stale++;
  }
  expect(stale).toBeGreaterThan(0);
});

it('takes bitmaps of big-endian hosts where it is told so, and guesses only when asked', async () => {
  const odd = await loadCapture('qemu-10.0/odd-size');
  const block = (await openSnapshot(odd)).ramBlocks[0] as RamBlock;
  expect(block.pageCount % 64).not.toBe(0);
  const swapped = odd.bytes(block.bitmapOffset, block.bitmapLengthBytes);
  const pages = setPages(block, swapped);
  for (let word = 0; word < swapped.length; word += 8) swapped.subarray(word, word + 8).reverse();
  odd.patch(block.bitmapOffset, swapped);

  expect(await pagesOfRuns(await openSnapshot(odd, { wordOrder: 'be' }), block, {})).toEqual(pages);
  const untold = await openSnapshot(odd);
  expect(await untold.guessWordOrder(block)).toEqual({ order: 'be', reason: 'tail' });
  expect(untold.wordOrder).toBe('le');
});

describe('what cannot be read', () => {
  const [block] = blocks as [RamBlock];

  it('is a bitmap outside of the file', async () => {
    const outside = { ...block, bitmapOffset: image.sizeBytes - 8 };
    const expected = { code: 'offset-outside-file', byteOffset: outside.bitmapOffset };
    await expect(snapshot.countSetPages(outside)).rejects.toMatchObject(expected);
    await expect(snapshot.readPages(outside, 0, new Uint8Array(4096))).rejects.toMatchObject(expected);
    const vast = { ...block, usedLength: 2 ** 52, pageCount: 2 ** 40, bitmapLengthBytes: 2 ** 37 };
    await expect(snapshot.countSetPages(vast)).rejects.toMatchObject({ code: 'offset-outside-file' });
  });

  it('is a page behind the end of the file', async () => {
    const behind = { ...block, pagesOffset: image.sizeBytes - 4096 };
    const iterate = async () => {
      for await (const batch of snapshot.pages(behind)) expect(batch.length).toBeGreaterThan(0);
    };
    await expect(iterate()).rejects.toMatchObject({ code: 'unexpected-end' });
  });

  it.each([0, 2 ** 40])('is a page of %i bytes', async (pageSize) => {
    const odd = { ...block, pageSize };
    await expect(snapshot.pages(odd).next()).rejects.toMatchObject({ code: 'bad-page-size' });
    await expect(snapshot.readPages(odd, 0, new Uint8Array(4096))).rejects.toMatchObject({
      code: 'bad-page-size',
    });
  });

  it.each([
    ['half a page', 0, 2048],
    ['a page before the first', -1, 4096],
    ['a page after the last', block.pageCount, 4096],
  ])('is %s', async (_, firstPage, lengthBytes) => {
    await expect(snapshot.readPages(block, firstPage, new Uint8Array(lengthBytes))).rejects.toThrow(
      RangeError,
    );
  });

  it('is an ignored block', async () => {
    const ignored = { ...block, ignored: true };
    await expect(snapshot.readPages(ignored, 0, new Uint8Array(4096))).rejects.toThrow(RangeError);
    expect(await pagesOfRuns(snapshot, ignored, { clear: true })).toEqual([]);
    expect((await snapshot.pages(ignored).next()).done).toBe(true);
  });
});

it('leaves no read under way when the caller stops early', async () => {
  let underWay = 0;
  const slow = {
    name: 'slow',
    sizeBytes: image.sizeBytes,
    close: () => image.close(),
    read: async (target: Uint8Array, byteOffset: number) => {
      underWay++;
      await new Promise((resolve) => setTimeout(resolve, 1));
      underWay--;
      return image.read(target, byteOffset);
    },
  };
  const opened = await openSnapshot(slow);
  for await (const batch of opened.pages(opened.ramBlocks[0] as RamBlock, { chunkBytes: 4096 })) {
    expect(batch.length).toBe(1);
    expect(underWay).toBeGreaterThan(0);
    break;
  }
  expect(underWay).toBe(0);
});

it('joins runs across pieces of the bitmap, in batches of limited length', async () => {
  // 20 Mi pages: every second one in the first 1,000,000, then one long run over the border of two pieces.
  const pageCount = 20 * 1024 * 1024;
  const alternating = new Uint8Array(125_000).fill(0x55);
  const ones = new Uint8Array(100_000).fill(0xff);
  const bitmap = new SparseImage('bitmap', pageCount / 8, [
    { byteOffset: 0, bytes: alternating },
    { byteOffset: 1024 * 1024 - 50_000, bytes: ones },
  ]);
  const [block] = blocks as [RamBlock];
  const wide = { ...block, bitmapOffset: 0, pageCount, bitmapLengthBytes: pageCount / 8 };
  const lengths: number[] = [];
  let last = { firstPage: 0, pageCount: 0 };
  for await (const batch of findRuns(
    { source: bitmap, block: wide, path: 'ram.blocks[0]' },
    { order: 'le', clear: false, firstPage: 0, endPage: wide.pageCount },
  )) {
    lengths.push(batch.length);
    last = { firstPage: batch.firstPage(batch.length - 1), pageCount: batch.pageCount(batch.length - 1) };
  }
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(500_001);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(65_537);
  expect(last).toEqual({ firstPage: (1024 * 1024 - 50_000) * 8, pageCount: 800_000 });
});
