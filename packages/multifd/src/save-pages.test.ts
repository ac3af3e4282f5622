import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { allOrFew, onlyInAll } from '@mapped-ram/fixtures';
import { savePages } from '@mapped-ram/multifd';
import { afterEach, describe, expect, it } from 'vitest';
import { bitmapOf, shared, somePages } from './testing/patterns.js';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';
import { withChannels } from './testing/with-channels.js';

const inScratch = scratchFolder();
const expectNoLeftovers = watchForLeftovers();
afterEach(expectNoLeftovers);

const PAGE = 4096;
const block = { pagesOffset: 1024 * 1024, pageSize: PAGE, pageCount: 3_001 };
const bitmapLengthBytes = Math.ceil(block.pageCount / 64) * 8;

const emptyFile = (name: string): string => {
  const path = inScratch(name);
  writeFileSync(path, '');
  return path;
};

const pageOf = (bytes: Uint8Array, page: number): Uint8Array =>
  bytes.subarray(page * PAGE, (page + 1) * PAGE);

/** Reads the pages region as a reader of the format would: what is not set is zero. */
function memoryIn(path: string, bitmap: Uint8Array): Uint8Array {
  const memory = new Uint8Array(block.pageCount * PAGE);
  memory.set(readFileSync(path).subarray(block.pagesOffset));
  for (let page = 0; page < block.pageCount; page++) {
    if (((bitmap[page >> 3] ?? 0) & (1 << (page & 7))) === 0) pageOf(memory, page).fill(0);
  }
  return memory;
}

it('pages that are zero stay holes, and their bits clear', async () => {
  const memory = somePages(block.pageCount, PAGE);
  const path = emptyFile('saved');
  const bitmap = new Uint8Array(bitmapLengthBytes);
  const places = { source: { memory: shared(memory) }, target: { path } };
  await withChannels({ channels: 3, ...places }, async (channels) => {
    await savePages(channels, block, bitmap);
    await channels.sync();
  });
  expect(bitmap).toEqual(bitmapOf(memory, PAGE));
  expect(Buffer.compare(memoryIn(path, bitmap), memory)).toBe(0);
});

it('without looking for zero pages, all are saved', async () => {
  const path = emptyFile('all');
  const bitmap = new Uint8Array(bitmapLengthBytes);
  const memory = new SharedArrayBuffer(block.pageCount * PAGE);
  await withChannels({ channels: 2, source: { memory }, target: { path } }, async (channels) => {
    await savePages(channels, block, bitmap, { detectZeroPages: false });
    await channels.sync();
  });
  expect(bitmap).toEqual(bitmapOf(new Uint8Array(block.pageCount * PAGE).fill(1), PAGE));
});

/** Saves three rounds, in each of which some pages change, some become zero and some are not dirty though they changed. */
async function saveRounds(
  channels: number,
): Promise<{ sha256: string; bitmap: Uint8Array; memory: Uint8Array }> {
  const path = emptyFile(`rounds-${channels}`);
  const memory = new Uint8Array(shared(somePages(block.pageCount, PAGE, 1)));
  const expected = memory.slice();
  const bitmap = new Uint8Array(bitmapLengthBytes);
  const source = { memory: memory.buffer as SharedArrayBuffer };
  await withChannels({ channels, source, target: { path } }, async (open) => {
    await savePages(open, block, bitmap);
    for (const round of [2, 3]) {
      await open.sync();
      memory.set(somePages(block.pageCount, PAGE, round));
      const dirty = bitmapOf(somePages(block.pageCount, PAGE, round * 100), PAGE);
      for (let page = 0; page < block.pageCount; page++) {
        const isDirty = ((dirty[page >> 3] ?? 0) & (1 << (page & 7))) !== 0;
        if (isDirty) pageOf(expected, page).set(pageOf(memory, page));
      }
      await savePages(open, block, bitmap, { dirty });
    }
    await open.sync();
  });
  expect(Buffer.compare(memoryIn(path, bitmap), expected)).toBe(0);
  return { sha256: createHash('sha256').update(readFileSync(path)).digest('hex'), bitmap, memory: expected };
}

describe('rounds', () => {
  it('leave what the last round that had a page found in it', async () => {
    const { bitmap, memory } = await saveRounds(3);
    expect(bitmap).toEqual(bitmapOf(memory, PAGE));
  });

  onlyInAll(it)('leave the same file whatever the number of channels', async () => {
    const one = await saveRounds(1);
    const many = await saveRounds(allOrFew([16], [4])[0] ?? 0);
    expect(many.sha256).toBe(one.sha256);
    expect(many.bitmap).toEqual(one.bitmap);
  });
});

it('refuses a bitmap that does not fit', async () => {
  const source = { memory: new SharedArrayBuffer(PAGE) };
  await withChannels({ channels: 1, source, target: source }, async (channels) => {
    const tooSmall = new Uint8Array(bitmapLengthBytes - 8);
    await expect(savePages(channels, block, tooSmall)).rejects.toThrow(RangeError);
  });
});
