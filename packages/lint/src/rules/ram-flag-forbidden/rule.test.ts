import { describe, expect, it } from 'vitest';
import { be64, findingsOf, sectionOf } from '../testing/damage.js';
import { ramFlagForbiddenRule } from './rule.js';

describe('ram-flag-forbidden', () => {
  it('reports a PAGE word', async () => {
    expect(
      await findingsOf(ramFlagForbiddenRule, (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0x18));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', message: expect.stringContaining('PAGE') }]);
  });

  it('reports a footer in the place of EOS, and says so', async () => {
    expect(
      await findingsOf(ramFlagForbiddenRule, (image, good) => {
        image.remove(sectionOf(good, 'part').bodyOffset, 8);
      }),
    ).toMatchObject([
      { outcome: 'refused', message: expect.stringContaining('EOS word before the footer is missing') },
    ]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramFlagForbiddenRule)).toEqual([]);
  });
});
