import { describe, expect, it } from 'vitest';
import { be32, blockOf, findingsOf } from '../testing/damage.js';
import { mappedRamHeaderVersionRule } from './rule.js';

describe('mapped-ram-header-version', () => {
  it('reports a higher version', async () => {
    expect(
      await findingsOf(mappedRamHeaderVersionRule, (image, good) => {
        image.patch(blockOf(good).headerOffset, be32(2));
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', where: 'ram.blocks[0].headerVersion', actual: '2' },
    ]);
  });

  it('reports version 0, which QEMU takes', async () => {
    expect(
      await findingsOf(mappedRamHeaderVersionRule, (image, good) => {
        image.patch(blockOf(good).headerOffset, be32(0));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning', actual: '0' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(mappedRamHeaderVersionRule)).toEqual([]);
  });
});
