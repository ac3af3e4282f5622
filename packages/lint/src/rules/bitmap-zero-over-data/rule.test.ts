import { describe, expect, it } from 'vitest';
import { blockOf, clearBitmap, findingsOf } from '../testing/damage.js';
import { bitmapZeroOverDataRule } from './rule.js';

describe('bitmap-zero-over-data', () => {
  it('reports a bitmap that was lost', async () => {
    expect(
      await findingsOf(
        bitmapZeroOverDataRule,
        (image, good) => {
          clearBitmap(image, blockOf(good));
        },
        { capture: 'qemu-10.0/microvm' },
      ),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[0].bitmap' }]);
  });

  it("reports a device's memory, which may have become empty", async () => {
    expect(
      await findingsOf(
        bitmapZeroOverDataRule,
        (image, good) => {
          clearBitmap(image, blockOf(good, 2));
        },
        { capture: 'qemu-10.0/microvm', deep: true },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', where: 'ram.blocks[2].bitmap' }]);
  });

  it('reports nothing in a background snapshot, which has its own rule', async () => {
    expect(
      await findingsOf(bitmapZeroOverDataRule, undefined, {
        capture: 'qemu-10.0/background-snapshot',
        deep: true,
      }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(bitmapZeroOverDataRule)).toEqual([]);
  });
});
