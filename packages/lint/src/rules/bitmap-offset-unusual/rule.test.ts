import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { bitmapOffsetUnusualRule } from './rule.js';

describe('bitmap-offset-unusual', () => {
  it('reports a bitmap that was moved', async () => {
    expect(
      await findingsOf(bitmapOffsetUnusualRule, (image, good) => {
        const { headerOffset, bitmapOffset, bitmapLengthBytes } = blockOf(good);
        image.patch(0x8000, image.bytes(bitmapOffset, bitmapLengthBytes));
        image.patch(headerOffset + 12, be64(0x8000));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', actual: '0x8000' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(bitmapOffsetUnusualRule)).toEqual([]);
  });
});
