import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { pageSizeZeroRule } from './rule.js';

describe('page-size-zero', () => {
  it('reports a page size of 0 in QEMU 10.0', async () => {
    expect(
      await findingsOf(
        pageSizeZeroRule,
        (image, good) => {
          image.patch(blockOf(good).headerOffset + 4, be64(0));
        },
        { qemu: '10.0' },
      ),
    ).toMatchObject([{ outcome: 'crashes', severity: 'error', expected: '0x1000' }]);
  });

  it('reports the same in QEMU 11.1', async () => {
    expect(
      await findingsOf(
        pageSizeZeroRule,
        (image, good) => {
          image.patch(blockOf(good).headerOffset + 4, be64(0));
        },
        { qemu: '11.1' },
      ),
    ).toMatchObject([{ outcome: 'refused' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(pageSizeZeroRule)).toEqual([]);
  });
});
