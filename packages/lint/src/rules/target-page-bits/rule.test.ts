import { describe, expect, it } from 'vitest';
import { be32, findingsOf } from '../testing/damage.js';
import { targetPageBitsRule } from './rule.js';

describe('target-page-bits', () => {
  it("reports another page size than the vmdescription's", async () => {
    expect(
      await findingsOf(
        targetPageBitsRule,
        (image, good) => {
          const { byteOffset = 0, byteLength = 0 } = good.configuration?.subsections[0] ?? {};
          image.patch(byteOffset + byteLength - 4, be32(14));
        },
        { capture: 'qemu-10.0/aarch64-virt' },
      ),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'configuration.targetPageBits' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(targetPageBitsRule, undefined, { capture: 'qemu-10.0/aarch64-virt' })).toEqual(
      [],
    );
  });
});
