import { describe, expect, it } from 'vitest';
import { be32, findingsOf, sectionOf } from '../testing/damage.js';
import { footerMismatchRule } from './rule.js';

describe('footer-mismatch', () => {
  it('reports another id', async () => {
    expect(
      await findingsOf(footerMismatchRule, (image, good) => {
        image.patch((sectionOf(good, 'part').footer?.byteOffset ?? 0) + 1, be32(0x63));
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', where: 'sections[1].footer', actual: '99 (0x63)' },
    ]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(footerMismatchRule)).toEqual([]);
  });
});
