import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { ignoredBlockRule } from './rule.js';

describe('ignored-block', () => {
  it('reports a block that is not in the file', async () => {
    expect(
      await findingsOf(ignoredBlockRule, undefined, { capture: 'qemu-11.1/ignore-shared' }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note' }]);
  });

  it('reports the same with QEMU 10.0', async () => {
    expect(
      await findingsOf(ignoredBlockRule, undefined, { capture: 'qemu-11.1/ignore-shared', qemu: '10.0' }),
    ).toMatchObject([{ outcome: 'refused' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ignoredBlockRule)).toEqual([]);
  });
});
