import { describe, expect, it } from 'vitest';
import { be64, findingsOf, sectionOf } from '../testing/damage.js';
import { ramSizeRepeatedRule } from './rule.js';

describe('ram-size-repeated', () => {
  it('reports an empty table in PART', async () => {
    expect(
      await findingsOf(ramSizeRepeatedRule, (image, good) => {
        image.insert(sectionOf(good, 'part').bodyOffset, be64(4));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning', where: 'sections[1].ram' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramSizeRepeatedRule)).toEqual([]);
  });
});
