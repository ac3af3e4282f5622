import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { ignoreSharedRule } from './rule.js';

describe('ignore-shared', () => {
  it('reports a file of QEMU 11.1', async () => {
    expect(
      await findingsOf(ignoreSharedRule, undefined, { capture: 'qemu-11.1/ignore-shared' }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note' }]);
  });

  it('reports the same with QEMU 10.0, which cannot load it', async () => {
    expect(
      await findingsOf(ignoreSharedRule, undefined, { capture: 'qemu-11.1/ignore-shared', qemu: '10.0' }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ignoreSharedRule)).toEqual([]);
  });
});
