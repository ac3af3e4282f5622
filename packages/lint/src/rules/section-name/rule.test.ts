import { describe, expect, it } from 'vitest';
import { findingsOf, sectionOf } from '../testing/damage.js';
import { sectionNameRule } from './rule.js';

describe('section-name', () => {
  it('reports a name that is not printable', async () => {
    expect(
      await findingsOf(sectionNameRule, (image, good) => {
        image.patch(sectionOf(good, 'full').byteOffset + 6, Uint8Array.of(7));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'sections[4].idstr' }]);
  });

  it('reports an empty name', async () => {
    expect(
      await findingsOf(sectionNameRule, (image, good) => {
        const { byteOffset, idstr } = sectionOf(good, 'full');
        image.remove(byteOffset + 6, idstr.length);
        image.patch(byteOffset + 5, Uint8Array.of(0));
      }),
    ).toMatchObject([{ outcome: 'refused', message: expect.stringContaining('empty') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(sectionNameRule)).toEqual([]);
  });
});
