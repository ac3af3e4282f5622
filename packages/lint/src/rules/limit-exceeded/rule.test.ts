import { describe, expect, it } from 'vitest';
import { be32, be64, blockOf, type Damage, findingsOf, sectionOf } from '../testing/damage.js';
import { limitExceededRule } from './rule.js';

describe('limit-exceeded', () => {
  it('reports a block table that leads back to itself', async () => {
    expect(
      await findingsOf(limitExceededRule, (image, good) => {
        const block = blockOf(good);
        const part = sectionOf(good, 'part');
        const entry = image.bytes(block.byteOffset, block.byteLength);
        image.insert(part.bodyOffset, Uint8Array.of(...be64(block.usedLength + 4), ...entry));
      }),
    ).toMatchObject([{ outcome: 'crashes', severity: 'error', where: 'ram.blocks[2]' }]);
  });

  it('reports a machine type of 2 GiB', async () => {
    expect(
      await findingsOf(limitExceededRule, (image) => {
        image.patch(9, be32(0x7fffffff));
      }),
    ).toMatchObject([{ outcome: 'refused' }]);
  });

  it.each([
    ['10.0', 0x80000000, 'crashes'],
    ['10.0', 0x7fffffff, 'refused'],
    ['11.1', 0x80000000, 'refused'],
  ] as const)('reports what QEMU %s does with %i capabilities', async (qemu, count, outcome) => {
    const damage: Damage = (image, good) => {
      const [first] = good.configuration?.capabilities ?? [];
      image.patch((first?.byteOffset ?? 0) - 4, be32(count));
    };
    expect(await findingsOf(limitExceededRule, damage, { qemu })).toMatchObject([
      { outcome, where: 'configuration.capabilities' },
    ]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(limitExceededRule)).toEqual([]);
  });
});
