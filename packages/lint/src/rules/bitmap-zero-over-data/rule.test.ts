import { describe, expect, it } from 'vitest';
import { blockOf, clearBitmap, type Damage, findingsOf } from '../testing/damage.js';
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

  it.each(['ram-node0', 'ram-node1'])('reports one NUMA node of two, %s', async (id) => {
    const damage: Damage = (image, good) => {
      const block = good.ramBlocks.find(({ idstr }) => idstr === id);
      if (block !== undefined) clearBitmap(image, block);
    };
    for (const deep of [false, true]) {
      expect(
        await findingsOf(bitmapZeroOverDataRule, damage, { capture: 'qemu-10.0/numa', deep }),
      ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error' }]);
    }
  });

  it('reports main RAM under the path of its object', async () => {
    expect(
      await findingsOf(bitmapZeroOverDataRule, (image, good) => clearBitmap(image, blockOf(good)), {
        capture: 'qemu-10.0/older-machine',
      }),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error' }]);
  });

  it("reports a device's memory in a live save, which may have become empty", async () => {
    expect(
      await findingsOf(bitmapZeroOverDataRule, (image, good) => clearBitmap(image, blockOf(good, 1)), {
        capture: 'qemu-10.0/live',
        deep: true,
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', where: 'ram.blocks[1].bitmap' }]);
  });

  it("warns of a device's memory that was lost", async () => {
    expect(
      await findingsOf(
        bitmapZeroOverDataRule,
        (image, good) => {
          clearBitmap(image, blockOf(good, 2));
        },
        { capture: 'qemu-10.0/microvm', deep: true },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning', where: 'ram.blocks[2].bitmap' }]);
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
