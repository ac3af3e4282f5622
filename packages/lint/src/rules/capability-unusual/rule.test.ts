import type { SparseImage } from '@mapped-ram/fixtures';
import type { Snapshot } from '@mapped-ram/reader';
import { expect } from 'vitest';
import { ascii, be32, insertBeforeTable } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { capabilityUnusualRule } from './rule.js';

ruleCases(capabilityUnusualRule, {
  fires: [
    {
      name: 'a capability that QEMU does not list',
      edit: (image, good) => {
        addCapability(image, good, 'events');
      },
      finds: [{ outcome: 'restores', severity: 'note', where: 'configuration.capabilities[1]' }],
    },
    {
      name: 'one that is listed twice',
      edit: (image, good) => {
        addCapability(image, good, 'mapped-ram');
      },
      finds: [{ outcome: 'restores', message: expect.stringContaining('twice') }],
    },
  ],
  silent: [{ name: 'a good file' }],
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
