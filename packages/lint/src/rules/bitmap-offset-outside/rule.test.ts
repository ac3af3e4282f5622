import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { bitmapOffsetOutsideRule } from './rule.js';

describe('bitmap-offset-outside', () => {
  it('reports a bitmap behind the end of the file', async () => {
    expect(
      await findingsOf(bitmapOffsetOutsideRule, (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(image.sizeBytes));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'ram.blocks[0].bitmapOffset' }]);
  });

  it('reports a bitmap that the file ends in', async () => {
    expect(
      await findingsOf(bitmapOffsetOutsideRule, (image, good) => {
        image.truncate(blockOf(good).bitmapOffset + 4);
      }),
    ).toMatchObject([{ outcome: 'refused' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(bitmapOffsetOutsideRule)).toEqual([]);
  });
});
