import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { bitmapOverlapRule } from './rule.js';

describe('bitmap-overlap', () => {
  it('reports a bitmap over the header of the stream', async () => {
    expect(
      await findingsOf(bitmapOverlapRule, (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(0));
      }),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error', expected: '0x81', actual: '0x0' }]);
  });

  it('reports a bitmap over the pages', async () => {
    expect(
      await findingsOf(bitmapOverlapRule, (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(blockOf(good).pagesOffset));
      }),
    ).toMatchObject([{ outcome: 'wrong-memory' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(bitmapOverlapRule)).toEqual([]);
  });
});
