import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { stalePagesRule } from './rule.js';

describe('stale-pages', () => {
  it('reports what a live save leaves', async () => {
    expect(
      await findingsOf(stalePagesRule, undefined, { capture: 'qemu-10.0/live', deep: true }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(stalePagesRule, undefined, { deep: true })).toEqual([]);
  });
});
