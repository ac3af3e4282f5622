import { describe, expect, it } from 'vitest';
import { findingsOf, removeSection, sectionOf } from '../testing/damage.js';
import { ramEndMissingRule } from './rule.js';

describe('ram-end-missing', () => {
  it('reports a stream without END', async () => {
    expect(
      await findingsOf(ramEndMissingRule, (image, good) => {
        removeSection(image, sectionOf(good, 'end'));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('reports nothing in a background snapshot, which has its own rule', async () => {
    expect(
      await findingsOf(ramEndMissingRule, undefined, { capture: 'qemu-10.0/background-snapshot' }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramEndMissingRule)).toEqual([]);
  });
});
