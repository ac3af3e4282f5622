import { describe, expect, it } from 'vitest';
import { blockOf, findingsOf } from '../testing/damage.js';
import { blockNameRule } from './rule.js';

describe('block-name', () => {
  it('reports a name that is not printable', async () => {
    expect(
      await findingsOf(blockNameRule, (image, good) => {
        image.patch(blockOf(good).byteOffset + 1, Uint8Array.of(7));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'ram.blocks[0].idstr' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(blockNameRule)).toEqual([]);
  });
});
