import { describe, expect, it } from 'vitest';
import { findingsOf, sectionOf } from '../testing/damage.js';
import { deviceStateMismatchRule } from './rule.js';

describe('device-state-mismatch', () => {
  it("reports a device's state without its last byte", async () => {
    expect(
      await findingsOf(deviceStateMismatchRule, (image, good) => {
        const { footer } = sectionOf(good, 'full');
        image.remove((footer?.byteOffset ?? 0) - 1, 1);
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(deviceStateMismatchRule)).toEqual([]);
  });
});
