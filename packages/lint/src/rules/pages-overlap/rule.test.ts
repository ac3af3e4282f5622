import { describe, expect, it } from 'vitest';
import { be64, blockOf, clearBitmap, type Damage, findingsOf } from '../testing/damage.js';
import { pagesOverlapRule } from './rule.js';

describe('pages-overlap', () => {
  it('reports two blocks with one place for their pages', async () => {
    expect(
      await findingsOf(
        pagesOverlapRule,
        (image, good) => {
          image.patch(blockOf(good, 4).headerOffset + 20, be64(blockOf(good, 0).pagesOffset));
        },
        { capture: 'qemu-10.0/microvm' },
      ),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[4].pagesOffset' }]);
  });

  it('reports the same with no page set, which does no harm', async () => {
    expect(
      await findingsOf(
        pagesOverlapRule,
        (image, good) => {
          const last = blockOf(good, 4);
          image.patch(last.headerOffset + 20, be64(blockOf(good, 0).pagesOffset));
          clearBitmap(image, last);
        },
        { capture: 'qemu-10.0/microvm' },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('is silent about pages over which a bitmap was moved', async () => {
    const damage: Damage = (image, good) => {
      image.patch(blockOf(good, 1).headerOffset + 12, be64(blockOf(good, 3).pagesOffset));
    };
    expect(await findingsOf(pagesOverlapRule, damage, { capture: 'qemu-10.0/microvm' })).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(pagesOverlapRule, undefined, { capture: 'qemu-10.0/microvm' })).toEqual([]);
  });
});
