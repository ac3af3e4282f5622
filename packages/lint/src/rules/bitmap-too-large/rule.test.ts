import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { bitmapTooLargeRule } from './rule.js';

describe('bitmap-too-large', () => {
  it('reports a length of 1 PiB', async () => {
    expect(
      await findingsOf(bitmapTooLargeRule, (image, good) => {
        image.patch(blockOf(good).headerOffset - 8, be64(2n ** 50n));
      }),
    ).toMatchObject([{ outcome: 'crashes', severity: 'error', where: 'ram.blocks[0].usedLength' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(bitmapTooLargeRule)).toEqual([]);
  });
});
