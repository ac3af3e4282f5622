import { describe, expect, it } from 'vitest';
import { blockOf, clearBitmap, clearBits, findingsOf, setRunState } from '../testing/damage.js';
import { pageBitsLostRule } from './rule.js';

describe('page-bits-lost', () => {
  it('reports a page whose bit is clear, where the guest stood still', async () => {
    expect(
      await findingsOf(pageBitsLostRule, (image, good) => clearBits(image, blockOf(good), 1), {
        capture: 'qemu-10.0/numa',
        deep: true,
      }),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[0].pages[0]' }]);
  });

  it('notices it in a quick run too, where the file takes more room than its marked pages', async () => {
    expect(
      await findingsOf(pageBitsLostRule, (image, good) => clearBits(image, blockOf(good), 64), {
        capture: 'qemu-10.0/numa',
      }),
    ).toMatchObject([{ outcome: 'wrong-memory' }]);
  });

  it("warns of a device's memory, which the destination may have", async () => {
    expect(
      await findingsOf(
        pageBitsLostRule,
        (image, good) => image.patch(blockOf(good, 2).bitmapOffset, Uint8Array.of(1)),
        {
          capture: 'qemu-10.0/microvm',
          deep: true,
        },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('says nothing of a live save, or where no bit of the block is set', async () => {
    expect(await findingsOf(pageBitsLostRule, undefined, { capture: 'qemu-10.0/live', deep: true })).toEqual(
      [],
    );
    expect(
      await findingsOf(pageBitsLostRule, (image, good) => clearBits(image, blockOf(good), 8), {
        capture: 'qemu-10.0/live',
        deep: true,
      }),
    ).toEqual([]);
    expect(
      await findingsOf(pageBitsLostRule, (image, good) => clearBitmap(image, blockOf(good)), {
        capture: 'qemu-10.0/numa',
        deep: true,
      }),
    ).toEqual([]);
  });

  it('goes by the run state: a guest that was paused may have run before', async () => {
    expect(
      await findingsOf(pageBitsLostRule, (image, good) => setRunState(image, good, 'paused'), {
        capture: 'qemu-10.0/live',
        deep: true,
      }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(pageBitsLostRule, undefined, { deep: true })).toEqual([]);
  });
});
