import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { vmdescriptionMissingRule } from './rule.js';

describe('vmdescription-missing', () => {
  it('reports a file without one', async () => {
    expect(
      await findingsOf(vmdescriptionMissingRule, undefined, { capture: 'qemu-10.0/no-vmdesc' }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(vmdescriptionMissingRule)).toEqual([]);
  });
});
