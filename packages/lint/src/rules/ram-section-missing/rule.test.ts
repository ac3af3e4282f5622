import { describe, expect, it } from 'vitest';
import { findingsOf, sectionOf } from '../testing/damage.js';
import { ramSectionMissingRule } from './rule.js';

describe('ram-section-missing', () => {
  it('reports a stream without START, PART and END', async () => {
    expect(
      await findingsOf(ramSectionMissingRule, (image, good) => {
        const start = sectionOf(good, 'start');
        image.remove(start.byteOffset, sectionOf(good, 'full').byteOffset - start.byteOffset);
      }),
    ).toMatchObject([{ outcome: 'wrong-memory', severity: 'error' }]);
  });

  it('reports a stream of nothing, which QEMU refuses for want of a configuration section', async () => {
    expect(
      await findingsOf(ramSectionMissingRule, (image, good) => {
        image.patch(good.configuration?.byteOffset ?? 0, Uint8Array.of(0));
      }),
    ).toMatchObject([{ outcome: 'refused' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramSectionMissingRule)).toEqual([]);
  });
});
