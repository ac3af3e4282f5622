import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf, sectionOf } from '../testing/damage.js';
import { blockTableRule } from './rule.js';

describe('block-table', () => {
  it('reports a total that is a page too large', async () => {
    expect(
      await findingsOf(blockTableRule, (image, good) => {
        image.patch(sectionOf(good, 'start').bodyOffset, be64(blockOf(good).usedLength + 0x1000 + 4));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error' }]);
  });

  it('reports a total that is a page too small', async () => {
    expect(
      await findingsOf(blockTableRule, (image, good) => {
        image.patch(sectionOf(good, 'start').bodyOffset, be64(blockOf(good).usedLength - 0x1000 + 4));
      }),
    ).toMatchObject([{ outcome: 'refused', message: expect.stringContaining('65536') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(blockTableRule)).toEqual([]);
  });
});
