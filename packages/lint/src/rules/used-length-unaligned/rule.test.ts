import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { usedLengthUnalignedRule } from './rule.js';

describe('used-length-unaligned', () => {
  it('reports a length with bytes over', async () => {
    expect(
      await findingsOf(usedLengthUnalignedRule, (image, good) => {
        image.patch(blockOf(good).headerOffset - 8, be64(blockOf(good).usedLength + 100));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning', where: 'ram.blocks[0].usedLength' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(usedLengthUnalignedRule)).toEqual([]);
  });
});
