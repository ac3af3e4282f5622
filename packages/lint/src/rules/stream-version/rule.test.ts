import { describe, expect, it } from 'vitest';
import { be32, findingsOf } from '../testing/damage.js';
import { streamVersionRule } from './rule.js';

describe('stream-version', () => {
  it('reports version 2', async () => {
    expect(
      await findingsOf(streamVersionRule, (image) => {
        image.patch(4, be32(2));
      }),
    ).toMatchObject([{ outcome: 'refused', byteOffset: 4, qemu: expect.stringContaining('obsolete') }]);
  });

  it('reports version 4', async () => {
    expect(
      await findingsOf(streamVersionRule, (image) => {
        image.patch(4, be32(4));
      }),
    ).toMatchObject([{ outcome: 'refused', byteOffset: 4, qemu: expect.stringContaining('Unsupported') }]);
  });

  it('reports version 1, which is not obsolete but unknown', async () => {
    expect(
      await findingsOf(streamVersionRule, (image) => {
        image.patch(4, be32(1));
      }),
    ).toMatchObject([{ qemu: expect.stringContaining('Unsupported') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(streamVersionRule)).toEqual([]);
  });
});
