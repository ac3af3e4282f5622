import { describe, expect, it } from 'vitest';
import { be32, findingsOf, sectionOf } from '../testing/damage.js';
import { ramInstanceRule } from './rule.js';

describe('ram-instance', () => {
  it('reports instance 1', async () => {
    expect(
      await findingsOf(ramInstanceRule, (image, good) => {
        image.patch(sectionOf(good, 'start').bodyOffset - 8, be32(1));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'sections[0].instanceId' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramInstanceRule)).toEqual([]);
  });
});
