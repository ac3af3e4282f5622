import { describe, expect, it } from 'vitest';
import { be64, findingsOf, sectionOf } from '../testing/damage.js';
import { ramFlagsUnknownRule } from './rule.js';

describe('ram-flags-unknown', () => {
  it('reports a flag that there is not', async () => {
    expect(
      await findingsOf(ramFlagsUnknownRule, (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0x410));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', message: expect.stringContaining('0x400') }]);
  });

  it('reports no flag at all', async () => {
    expect(
      await findingsOf(ramFlagsUnknownRule, (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0));
      }),
    ).toMatchObject([{ outcome: 'refused', message: expect.stringContaining('none') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramFlagsUnknownRule)).toEqual([]);
  });
});
