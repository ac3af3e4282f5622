import { describe, expect, it } from 'vitest';
import { be32, findingsOf, sectionOf } from '../testing/damage.js';
import { ramVersionRule } from './rule.js';

describe('ram-version', () => {
  it('reports version 5', async () => {
    expect(
      await findingsOf(ramVersionRule, (image, good) => {
        image.patch(sectionOf(good, 'start').bodyOffset - 4, be32(5));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'sections[0].versionId', actual: '5' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramVersionRule)).toEqual([]);
  });
});
