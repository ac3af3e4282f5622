import { loadCapture } from '@mapped-ram/fixtures';
import { memorySource, openSnapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { partsOf } from './search-part.js';

it.each([2 ** 30, 2 ** 40, 2 ** 46])(
  'a block of %i bytes is cut into parts that are its pages, and not too many',
  async (bytes) => {
    const capture = await loadCapture('qemu-10.0/none');
    const snapshot = await openSnapshot(memorySource(capture.bytes(0, capture.sizeBytes)));
    const [small] = snapshot.ramBlocks;
    if (small === undefined) throw new Error('there is no block');
    const pageCount = bytes / small.pageSize;
    const block = { ...small, usedLength: bytes, pageCount };
    let next = 0;
    let count = 0;
    for (const part of partsOf(snapshot, [block])) {
      expect(part.firstPage).toBe(next);
      next += part.pageCount;
      count++;
    }
    expect(next).toBe(pageCount);
    expect(count).toBeLessThanOrEqual(16_384);
  },
);
