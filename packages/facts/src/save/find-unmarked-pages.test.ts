import { captureInfo, loadCapture, type SparseImage, testedCaptures } from '@mapped-ram/fixtures';
import { openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { isGuestMemory, storedBlocks } from '../blocks/guest-memory.js';
import { findUnmarkedPages } from './find-unmarked-pages.js';

const HUGE_BYTES = 2 ** 30;
const good = testedCaptures()
  .map((id) => captureInfo(id))
  .filter((info) => info.good && info.sizeBytes < HUGE_BYTES);
const isLive = (id: string) => /\/live/.test(id);

async function look(image: SparseImage, streamOffset: number) {
  const snapshot = await openSnapshot(image, { streamOffset });
  return { snapshot, report: await findUnmarkedPages(snapshot, image) };
}

describe.each(good)('$id', ({ id, streamOffset }) => {
  it('has nothing that was lost', async () => {
    const { report } = await look(await loadCapture(id), streamOffset);
    expect(report.manner.guest === 'standstill').toBe(!isLive(id));
    expect(report.blocks.filter(({ meaning }) => meaning === 'lost')).toEqual([]);
    if (report.manner.guest === 'standstill') expect(report.blocks).toEqual([]);
  });
});

describe.each(good.filter(({ id }) => !isLive(id)))('$id', ({ id, streamOffset }) => {
  it('tells of each block of guest memory whose bitmap is lost, alone or in part', async () => {
    const image = await loadCapture(id);
    const { snapshot } = await look(image, streamOffset);
    for (const block of storedBlocks(snapshot.ramBlocks).filter(isGuestMemory)) {
      const setPages = await snapshot.countSetPages(block);
      if (setPages === 0) continue;
      const without = await look(cleared(image, block, block.bitmapLengthBytes), streamOffset);
      expect(without.report.blocks).toMatchObject([
        { block: { idstr: block.idstr }, meaning: 'lost', isAllClear: true },
      ]);
      const withoutWord = await look(cleared(image, block, 8), streamOffset);
      expect(withoutWord.report.blocks).toMatchObject([
        { block: { idstr: block.idstr }, meaning: 'lost', firstPage: 0 },
      ]);
    }
  });
});

function cleared(image: SparseImage, { bitmapOffset }: RamBlock, lengthBytes: number): SparseImage {
  return image.clone().patch(bitmapOffset, new Uint8Array(lengthBytes));
}
