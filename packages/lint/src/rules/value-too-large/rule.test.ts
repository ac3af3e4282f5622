import { describe, expect, it } from 'vitest';
import { be64, blockOf, clearBitmap, type Damage, findingsOf } from '../testing/damage.js';
import { valueTooLargeRule } from './rule.js';

describe('value-too-large', () => {
  it('reports a length, for which no bitmap can be allocated', async () => {
    expect(
      await findingsOf(valueTooLargeRule, (image, good) => {
        image.patch(blockOf(good).headerOffset - 8, be64(2n ** 62n));
      }),
    ).toMatchObject([{ outcome: 'crashes', where: 'ram.blocks[0].usedLength' }]);
  });

  it("reports a bitmap's offset", async () => {
    expect(
      await findingsOf(valueTooLargeRule, (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(2n ** 63n));
      }),
    ).toMatchObject([{ outcome: 'refused', where: 'ram.blocks[0].bitmapOffset' }]);
  });

  it('reports a page size, which QEMU 10.0 takes', async () => {
    expect(
      await findingsOf(
        valueTooLargeRule,
        (image, good) => {
          image.patch(blockOf(good).headerOffset + 4, be64(2n ** 63n));
        },
        { qemu: '10.0' },
      ),
    ).toMatchObject([{ outcome: 'wrong-memory', where: 'ram.blocks[0].pageSize' }]);
  });

  it("reports the pages' offset", async () => {
    expect(
      await findingsOf(valueTooLargeRule, (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(2n ** 63n));
      }),
    ).toMatchObject([{ outcome: 'refused', where: 'ram.blocks[0].pagesOffset' }]);
  });

  it("reports the pages' offset, with multifd", async () => {
    expect(
      await findingsOf(
        valueTooLargeRule,
        (image, good) => {
          image.patch(blockOf(good).headerOffset + 20, be64(2n ** 63n));
        },
        { multifd: true },
      ),
    ).toMatchObject([{ outcome: 'crashes', where: 'ram.blocks[0].pagesOffset' }]);
  });

  it("reports the pages' offset of an empty block, of which no channel reads a page", async () => {
    const damage: Damage = (image, good) => {
      clearBitmap(image, blockOf(good));
      image.patch(blockOf(good).headerOffset + 20, be64(2n ** 59n));
    };
    expect(await findingsOf(valueTooLargeRule, damage, { multifd: true })).toMatchObject([
      { outcome: 'refused', where: 'ram.blocks[0].pagesOffset' },
    ]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(valueTooLargeRule)).toEqual([]);
  });
});
