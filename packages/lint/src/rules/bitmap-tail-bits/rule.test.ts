import { describe, expect, it } from 'vitest';
import { blockOf, findingsOf } from '../testing/damage.js';
import { bitmapTailBitsRule } from './rule.js';

describe('bitmap-tail-bits', () => {
  it('reports a bit behind the last page', async () => {
    expect(
      await findingsOf(bitmapTailBitsRule, (image, good) => {
        const { bitmapOffset, bitmapLengthBytes } = blockOf(good);
        image.patch(bitmapOffset + bitmapLengthBytes - 1, Uint8Array.of(0x80));
      }),
    ).toMatchObject([
      { outcome: 'restores', severity: 'warning', message: expect.stringContaining('1 bit') },
    ]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(bitmapTailBitsRule)).toEqual([]);
  });
});
