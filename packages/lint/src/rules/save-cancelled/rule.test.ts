import { describe, expect, it } from 'vitest';
import { findingsOf, sectionOf } from '../testing/damage.js';
import { saveCancelledRule } from './rule.js';

describe('save-cancelled', () => {
  it('reports a cancelled save', async () => {
    expect(await findingsOf(saveCancelledRule, undefined, { capture: 'qemu-10.0/cancelled' })).toMatchObject([
      { outcome: 'refused', severity: 'error' },
    ]);
  });

  it('reports a killed save', async () => {
    expect(await findingsOf(saveCancelledRule, undefined, { capture: 'qemu-10.0/killed' })).toMatchObject([
      { outcome: 'refused' },
    ]);
  });

  it('reports nothing in a file that was cut off after it was complete', async () => {
    expect(
      await findingsOf(saveCancelledRule, (image, good) => {
        image.truncate(sectionOf(good, 'end').byteOffset);
      }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(saveCancelledRule)).toEqual([]);
  });
});
