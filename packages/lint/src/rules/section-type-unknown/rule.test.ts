import { describe, expect, it } from 'vitest';
import { findingsOf, sectionOf } from '../testing/damage.js';
import { sectionTypeUnknownRule } from './rule.js';

describe('section-type-unknown', () => {
  it('reports another byte in its place', async () => {
    expect(
      await findingsOf(sectionTypeUnknownRule, (image, good) => {
        image.patch(sectionOf(good, 'part').byteOffset, Uint8Array.of(9));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', actual: '9' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(sectionTypeUnknownRule)).toEqual([]);
  });
});
