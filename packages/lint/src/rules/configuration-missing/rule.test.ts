import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { configurationMissingRule } from './rule.js';

describe('configuration-missing', () => {
  it('reports a stream without one', async () => {
    expect(
      await findingsOf(configurationMissingRule, undefined, { capture: 'qemu-10.0/no-configuration' }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', where: 'configuration' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(configurationMissingRule)).toEqual([]);
  });
});
