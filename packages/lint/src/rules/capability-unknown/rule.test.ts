import type { SparseImage } from '@mapped-ram/fixtures';
import type { Snapshot } from '@mapped-ram/reader';
import { ascii, be32, insertBeforeTable } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { capabilityUnknownRule } from './rule.js';

ruleCases(capabilityUnknownRule, {
  fires: [
    {
      name: 'a name that QEMU does not have',
      edit: (image, good) => {
        const listed = good.configuration?.capabilities?.[0]?.byteOffset ?? 0;
        image.patch(listed + 1, ascii('M'));
      },
      finds: [{ outcome: 'refused', where: 'configuration.capabilities[0]', actual: '"Mapped-ram"' }],
    },
    {
      name: 'a name that only older versions have',
      qemu: '11.1',
      edit: (image, good) => {
        addCapability(image, good, 'zero-blocks');
      },
      finds: [{ outcome: 'refused', where: 'configuration.capabilities[1]' }],
    },
  ],
  silent: [
    {
      name: 'where the version has it',
      qemu: '10.0',
      edit: (image, good) => {
        addCapability(image, good, 'zero-blocks');
      },
    },
    { name: 'a good file' },
  ],
});

function addCapability(image: SparseImage, good: Snapshot, name: string): void {
  const list = good.configuration?.subsections[0];
  if (list === undefined) throw new RangeError('the capture lists no capabilities');
  insertBeforeTable(
    image,
    good,
    list.byteOffset + list.byteLength,
    Uint8Array.of(name.length, ...ascii(name)),
  );
  image.patch(list.byteOffset + 2 + list.name.length + 4, be32(2));
}
