import type { SparseImage } from '@mapped-ram/fixtures';
import type { ByteSpan, Snapshot } from '@mapped-ram/reader';
import { be32, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { sectionIdDuplicateRule } from './rule.js';

ruleCases(sectionIdDuplicateRule, {
  fires: [
    {
      name: 'a device with the id of ram, after its END',
      edit: (image, good) => {
        giveRamId(image, good, sectionOf(good, 'full'));
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
    {
      name: 'a device with the id of ram, before its END',
      edit: (image, good) => {
        const device = sectionOf(good, 'full');
        const end = sectionOf(good, 'end');
        const copy = image.bytes(device.byteOffset, device.byteLength);
        image.insert(end.byteOffset, copy);
        giveRamId(image, good, { ...device, byteOffset: end.byteOffset });
      },
      finds: [{ outcome: 'refused', severity: 'error' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});

function giveRamId(image: SparseImage, good: Snapshot, { byteOffset, byteLength }: ByteSpan): void {
  const id = be32(sectionOf(good, 'start').sectionId);
  image.patch(byteOffset + 1, id);
  image.patch(byteOffset + byteLength - 4, id);
}
