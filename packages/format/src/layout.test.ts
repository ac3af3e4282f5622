import { describe, expect, it } from 'vitest';
import { bitmapLengthBytes, pageCount, planBlock } from './layout.js';

describe('the layout of a block', () => {
  it('counts whole pages', () => {
    expect(pageCount(0x10000, 0x1000)).toBe(16);
    expect(pageCount(0x1fff, 0x1000)).toBe(1);
    expect(pageCount(2 ** 52, 0x100)).toBe(2 ** 44);
  });

  it('rounds bitmaps up to words of 64 bits', () => {
    expect([0, 1, 64, 65, 2 ** 40].map(bitmapLengthBytes)).toEqual([0, 8, 8, 16, 2 ** 37]);
  });

  it('is the one that QEMU writes', () => {
    // The only block of the capture qemu-10.0/none.
    expect(planBlock(109, 0x10000, 0x1000)).toEqual({
      bitmapOffset: 137,
      bitmapLengthBytes: 8,
      pagesOffset: 0x100000,
      endOffset: 0x110000,
    });
  });

  it('leaves no padding where the bitmap ends on a MiB', () => {
    expect(planBlock(0x100000 - 28 - 8, 0x1000, 0x1000).pagesOffset).toBe(0x100000);
    expect(planBlock(0x100000 - 28 - 7, 0x1000, 0x1000).pagesOffset).toBe(0x200000);
  });
});
