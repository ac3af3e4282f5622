import { describe, expect, it } from 'vitest';
import { blockOf, clearBits, type Damage, findingsOf, setRunState } from '../testing/damage.js';
import { stalePagesRule } from './rule.js';

describe('stale-pages', () => {
  it('reports what a live save leaves', async () => {
    expect(
      await findingsOf(stalePagesRule, undefined, { capture: 'qemu-10.0/live', deep: true }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note' }]);
  });

  it.each([
    ['paused', 'warning'],
    ['running', 'note'],
  ])('of a guest that was %s at the end makes a %s', async (state, severity) => {
    expect(
      await findingsOf(stalePagesRule, (image, good) => setRunState(image, good, state), {
        capture: 'qemu-10.0/live',
        deep: true,
      }),
    ).toMatchObject([{ outcome: 'restores', severity }]);
  });

  it('leaves a save at a standstill to page-bits-lost', async () => {
    const clearOne: Damage = (image, good) => clearBits(image, blockOf(good), 1);
    expect(await findingsOf(stalePagesRule, clearOne, { deep: true })).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(stalePagesRule, undefined, { deep: true })).toEqual([]);
  });
});
