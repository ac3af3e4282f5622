import { allOrLast, loadCapture } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { loadPages } from '@mapped-ram/multifd';
import { type OpenOptions, openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { afterEach, describe, expect, it } from 'vitest';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';
import { withChannels } from './testing/with-channels.js';

const inScratch = scratchFolder();
const expectNoLeftovers = watchForLeftovers();
afterEach(expectNoLeftovers);

async function unpack(capture: string, options?: OpenOptions): Promise<{ path: string; snapshot: Snapshot }> {
  const image = await loadCapture(capture);
  const path = inScratch('snapshot.mr');
  await image.writeTo(path);
  return { path, snapshot: await openSnapshot(image, options) };
}

/** Loads blocks into memory, one after another, through channels. */
async function load(
  path: string,
  snapshot: Snapshot,
  blocks: readonly RamBlock[],
  channels: number,
): Promise<Uint8Array> {
  const memory = new SharedArrayBuffer(blocks.reduce((sum, { usedLength }) => sum + usedLength, 0));
  await withChannels({ channels, source: { path }, target: { memory } }, async (open) => {
    let memoryOffset = 0;
    for (const block of blocks) {
      await loadPages(open, snapshot, block, { memoryOffset });
      memoryOffset += block.usedLength;
    }
    await open.sync();
  });
  return new Uint8Array(memory);
}

describe.each([
  ['qemu-10.0/live', {}],
  ['qemu-10.0/avr', {}],
  ['qemu-10.0/cortex-m', {}],
  ['qemu-10.0/odd-size', {}],
  ['qemu-10.0/offset-unaligned', { streamOffset: 12_345 }],
  ['qemu-10.0/tricore-none', {}],
  ['qemu-10.0/s390x', { wordOrder: 'be' }],
] as const)('%s', (capture, options) => {
  it.each(allOrLast([1, 3]))('is the same memory, loaded with %i channels', async (channels) => {
    const { path, snapshot } = await unpack(capture, options);
    const loaded = await load(path, snapshot, snapshot.ramBlocks, channels);
    let memoryOffset = 0;
    for (const block of snapshot.ramBlocks) {
      const expected = new Uint8Array(block.pageCount * block.pageSize);
      await snapshot.readPages(block, 0, expected);
      const memory = loaded.subarray(memoryOffset, memoryOffset + expected.length);
      expect(Buffer.compare(memory, expected), block.idstr).toBe(0);
      memoryOffset += block.usedLength;
    }
    expect(memoryOffset).toBeGreaterThan(0);
  });
});

it.each([
  [0, 64],
  [64, 70],
  [37, 500],
  [511, 1],
])('of a block, from page %i on only %i are loaded where it is asked for', async (firstPage, pageCount) => {
  const { path, snapshot } = await unpack('qemu-10.0/pc');
  const block = snapshot.ramBlocks[0] as RamBlock;
  const { pageSize } = block;
  // Nothing has a place before the first one.
  const memory = new SharedArrayBuffer((pageCount + 1) * pageSize);
  const memoryOffset = -firstPage * pageSize;
  await withChannels({ channels: 2, source: { path }, target: { memory } }, async (open) => {
    await loadPages(open, snapshot, block, { memoryOffset, firstPage, pageCount, findZeros: true });
    await open.sync();
  });
  const expected = new Uint8Array(memory.byteLength);
  await snapshot.readPages(block, firstPage, expected.subarray(0, pageCount * pageSize));
  expect(Buffer.compare(new Uint8Array(memory), expected)).toBe(0);
});

it('an ignored block has no pages', async () => {
  const { path, snapshot } = await unpack('qemu-11.1/ignore-shared');
  const ignored = snapshot.ramBlocks.filter((block) => block.ignored);
  expect(ignored.length).toBeGreaterThan(0);
  expect((await load(path, snapshot, ignored, 2)).every((byte) => byte === 0)).toBe(true);
});

it('a page size that is none is an error of the file', async () => {
  const { path, snapshot } = await unpack('qemu-10.0/none');
  const block = { ...(snapshot.ramBlocks[0] as RamBlock), pageSize: 3000 };
  const error = await load(path, snapshot, [block], 1).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MappedRamError);
  expect(error).toMatchObject({ code: 'bad-page-size', path: 'ram.blocks[0].pageSize' });
});
