import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { pagesOffsetUnalignedRule } from './rule.js';

describe('pages-offset-unaligned', () => {
  it('reports an offset within a page', async () => {
    expect(
      await findingsOf(pagesOffsetUnalignedRule, (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(blockOf(good).pagesOffset + 0x800));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'ram.blocks[0].pagesOffset' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(pagesOffsetUnalignedRule)).toEqual([]);
  });
});
