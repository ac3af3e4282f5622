import { describe, expect, it } from 'vitest';
import { findingsOf, removeSection, sectionOf } from '../testing/damage.js';
import { vmdescriptionMismatchRule } from './rule.js';

describe('vmdescription-mismatch', () => {
  it('reports a device without a section', async () => {
    expect(
      await findingsOf(vmdescriptionMismatchRule, (image, good) => {
        removeSection(image, sectionOf(good, 'full'));
      }),
    ).toMatchObject([
      { outcome: 'restores', severity: 'warning', message: expect.stringContaining('timer') },
    ]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(vmdescriptionMismatchRule)).toEqual([]);
  });
});
