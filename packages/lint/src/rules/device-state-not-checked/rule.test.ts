import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { deviceStateNotCheckedRule } from './rule.js';

describe('device-state-not-checked', () => {
  it('reports a file without a vmdescription', async () => {
    expect(
      await findingsOf(deviceStateNotCheckedRule, undefined, { capture: 'qemu-10.0/no-vmdesc' }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', message: expect.stringContaining('timer') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(deviceStateNotCheckedRule)).toEqual([]);
  });
});
