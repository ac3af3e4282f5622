import { describe, expect, it } from 'vitest';
import { be64, findingsOf, sectionOf } from '../testing/damage.js';
import { ramSizeMissingRule } from './rule.js';

describe('ram-size-missing', () => {
  it('reports a START without a block table', async () => {
    expect(
      await findingsOf(ramSizeMissingRule, (image, good) => {
        const start = sectionOf(good, 'start');
        image.remove(start.bodyOffset, start.bodyLengthBytes - 8);
      }),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error' }]);
  });

  it('reports a total of 0 though there was memory to save', async () => {
    expect(
      await findingsOf(ramSizeMissingRule, (image, good) => {
        const start = sectionOf(good, 'start');
        image.remove(start.bodyOffset + 8, start.bodyLengthBytes - 16);
        image.patch(start.bodyOffset, be64(4));
      }),
    ).toMatchObject([{ outcome: 'wrong-memory' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramSizeMissingRule)).toEqual([]);
  });
});
