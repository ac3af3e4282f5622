import { be32, be64, blockOf, type Damage, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { limitExceededRule } from './rule.js';

function setCapabilityCount(count: number): Damage {
  return (image, good) => {
    const [first] = good.configuration?.capabilities ?? [];
    image.patch((first?.byteOffset ?? 0) - 4, be32(count));
  };
}

/** Announces four bytes more than the block has, and lists the block once more. */
const leadBack: Damage = (image, good) => {
  const block = blockOf(good);
  const part = sectionOf(good, 'part');
  const entry = image.bytes(block.byteOffset, block.byteLength);
  image.insert(part.bodyOffset, Uint8Array.of(...be64(block.usedLength + 4), ...entry));
};

ruleCases(limitExceededRule, {
  fires: [
    {
      name: 'a block table that leads back to itself',
      edit: leadBack,
      finds: [{ outcome: 'crashes', severity: 'error', where: 'ram.blocks[2]' }],
    },
    {
      name: 'a block table that leads back to itself, in QEMU 11.2',
      qemu: '11.2',
      edit: leadBack,
      finds: [{ outcome: 'refused', severity: 'error', where: 'ram.blocks[2]' }],
    },
    {
      name: 'a machine type of 2 GiB',
      edit: (image) => {
        image.patch(9, be32(0x7fffffff));
      },
      finds: [{ outcome: 'refused' }],
    },
    ...(
      [
        ['10.0', 0x80000000, 'crashes'],
        ['10.0', 0x7fffffff, 'refused'],
        ['11.1', 0x80000000, 'refused'],
      ] as const
    ).map(([qemu, count, outcome]) => ({
      name: `${count} capabilities in QEMU ${qemu}`,
      qemu,
      edit: setCapabilityCount(count),
      finds: [{ outcome, where: 'configuration.capabilities' }],
    })),
  ],
  silent: [{ name: 'a good file' }],
});
