import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { pagesStoredThoughZeroRule } from './rule.js';

describe('pages-stored-though-zero', () => {
  it('reports what zero-page-detection=none leaves', async () => {
    expect(
      await findingsOf(pagesStoredThoughZeroRule, undefined, {
        capture: 'qemu-10.0/zero-pages-stored',
        deep: true,
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note' }, { severity: 'note' }]);
  });

  it('reports nothing without --deep', async () => {
    expect(
      await findingsOf(pagesStoredThoughZeroRule, undefined, { capture: 'qemu-10.0/zero-pages-stored' }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(pagesStoredThoughZeroRule, undefined, { deep: true })).toEqual([]);
  });
});
