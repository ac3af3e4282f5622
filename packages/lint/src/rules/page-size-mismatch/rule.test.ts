import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { pageSizeMismatchRule } from './rule.js';

describe('page-size-mismatch', () => {
  it('reports a larger page size in QEMU 10.0', async () => {
    expect(
      await findingsOf(
        pageSizeMismatchRule,
        (image, good) => {
          image.patch(blockOf(good).headerOffset + 4, be64(0x2000));
        },
        { qemu: '10.0' },
      ),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error', expected: '0x1000', actual: '0x2000' }]);
  });

  it('reports the same in QEMU 11.1', async () => {
    expect(
      await findingsOf(
        pageSizeMismatchRule,
        (image, good) => {
          image.patch(blockOf(good).headerOffset + 4, be64(0x2000));
        },
        { qemu: '11.1' },
      ),
    ).toMatchObject([{ outcome: 'refused' }]);
  });

  it('reports a smaller page size that reads no further bit', async () => {
    expect(
      await findingsOf(
        pageSizeMismatchRule,
        (image, good) => {
          image.patch(blockOf(good).headerOffset + 4, be64(0x800));
        },
        { qemu: '10.0' },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('reports a smaller page size that reads bits of pages that are not there', async () => {
    expect(
      await findingsOf(
        pageSizeMismatchRule,
        (image, good) => {
          const { headerOffset, bitmapOffset, bitmapLengthBytes } = blockOf(good);
          image.patch(headerOffset + 4, be64(0x800));
          image.patch(bitmapOffset, new Uint8Array(bitmapLengthBytes).fill(0xff));
        },
        { qemu: '10.0' },
      ),
    ).toMatchObject([{ outcome: 'refused', qemu: expect.stringContaining('page outside of ramblock') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(pageSizeMismatchRule)).toEqual([]);
  });
});
