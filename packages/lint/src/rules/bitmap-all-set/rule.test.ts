import { describe, expect, it } from 'vitest';
import { blockOf, findingsOf } from '../testing/damage.js';
import { bitmapAllSetRule } from './rule.js';

describe('bitmap-all-set', () => {
  it('reports every page of a larger memory', async () => {
    expect(
      await findingsOf(
        bitmapAllSetRule,
        (image, good) => {
          const { bitmapOffset, bitmapLengthBytes } = blockOf(good);
          image.patch(bitmapOffset, new Uint8Array(bitmapLengthBytes).fill(0xff));
        },
        { capture: 'qemu-10.0/isapc' },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'note' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(bitmapAllSetRule, undefined, { capture: 'qemu-10.0/isapc' })).toEqual([]);
  });
});
