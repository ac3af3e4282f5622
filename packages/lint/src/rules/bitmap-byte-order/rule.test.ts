import type { SparseImage } from '@mapped-ram/fixtures';
import type { RamBlock } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { blockOf, findingsOf } from '../testing/damage.js';
import { bitmapByteOrderRule } from './rule.js';

describe('bitmap-byte-order', () => {
  it('reports words that make sense in the other order', async () => {
    expect(
      await findingsOf(bitmapByteOrderRule, (image, good) => {
        swapWords(image, blockOf(good));
      }),
    ).toMatchObject([
      { outcome: 'restores', severity: 'note', message: expect.stringContaining('big-endian') },
    ]);
  });

  it('reports nothing when told the order', async () => {
    expect(
      await findingsOf(
        bitmapByteOrderRule,
        (image, good) => {
          swapWords(image, blockOf(good));
        },
        { wordOrder: 'be' },
      ),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(bitmapByteOrderRule)).toEqual([]);
  });
});

function swapWords(image: SparseImage, { bitmapOffset, bitmapLengthBytes }: RamBlock): void {
  for (let at = bitmapOffset; at < bitmapOffset + bitmapLengthBytes; at += 8) {
    image.patch(at, image.bytes(at, 8).reverse());
  }
}
