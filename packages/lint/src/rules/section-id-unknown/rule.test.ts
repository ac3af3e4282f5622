import { describe, expect, it } from 'vitest';
import { be32, findingsOf, sectionOf } from '../testing/damage.js';
import { sectionIdUnknownRule } from './rule.js';

describe('section-id-unknown', () => {
  it('reports a PART with another id', async () => {
    expect(
      await findingsOf(sectionIdUnknownRule, (image, good) => {
        image.patch(sectionOf(good, 'part').byteOffset + 1, be32(0x99));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', message: expect.stringContaining('153') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(sectionIdUnknownRule)).toEqual([]);
  });
});
