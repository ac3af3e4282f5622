import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { backgroundSnapshotRule } from './rule.js';

describe('background-snapshot', () => {
  it('reports a background snapshot', async () => {
    expect(
      await findingsOf(backgroundSnapshotRule, undefined, { capture: 'qemu-10.0/background-snapshot' }),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[0].bitmap' }]);
  });

  it('reports one of a machine with display memory', async () => {
    expect(
      await findingsOf(backgroundSnapshotRule, undefined, { capture: 'qemu-10.0/background-snapshot-pc' }),
    ).toMatchObject([{ outcome: 'wrong-memory' }]);
  });

  it('reports nothing in a cancelled save', async () => {
    expect(await findingsOf(backgroundSnapshotRule, undefined, { capture: 'qemu-10.0/cancelled' })).toEqual(
      [],
    );
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(backgroundSnapshotRule)).toEqual([]);
  });
});
