import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { footersAbsentRule } from './rule.js';

describe('footers-absent', () => {
  it('reports a file without footers', async () => {
    expect(await findingsOf(footersAbsentRule, undefined, { capture: 'qemu-10.0/no-footers' })).toMatchObject(
      [{ outcome: 'restores', severity: 'note' }],
    );
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(footersAbsentRule)).toEqual([]);
  });
});
