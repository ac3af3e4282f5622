import { describe, expect, it } from 'vitest';
import { be64, findingsOf, sectionOf } from '../testing/damage.js';
import { footerMissingRule } from './rule.js';

describe('footer-missing', () => {
  it('reports another byte in its place', async () => {
    expect(
      await findingsOf(footerMissingRule, (image, good) => {
        image.patch(sectionOf(good, 'part').footer?.byteOffset ?? 0, Uint8Array.of(0x7f));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'sections[1].footer' }]);
  });

  it('reports two EOS words', async () => {
    expect(
      await findingsOf(footerMissingRule, (image, good) => {
        image.insert(sectionOf(good, 'part').bodyOffset, be64(0x10));
      }),
    ).toMatchObject([{ outcome: 'refused' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(footerMissingRule)).toEqual([]);
  });
});
