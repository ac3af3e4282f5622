import { describe, expect, it } from 'vitest';
import { findingsOf, sectionOf } from '../testing/damage.js';
import { ramSectionOrderRule } from './rule.js';

describe('ram-section-order', () => {
  it('reports END twice', async () => {
    expect(
      await findingsOf(ramSectionOrderRule, (image, good) => {
        const { byteOffset, byteLength } = sectionOf(good, 'end');
        image.insert(byteOffset, image.bytes(byteOffset, byteLength));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning', message: expect.stringContaining('END') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramSectionOrderRule)).toEqual([]);
  });
});
