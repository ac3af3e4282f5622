import { firstOversizedRing } from '@mapped-ram/facts';
import { hasChange } from '@mapped-ram/releases';
import { quoteName } from '../../facts/names.js';
import type { Rule } from '../../rule.js';

export const virtioRingTooLargeRule: Rule = {
  id: 'virtio-ring-too-large',
  title: "A virtio queue's ring is longer than the destination's queue",
  severity: 'note',
  needs: 'headers',
  clauses: ['SECTION-10'],
  description: `The state of a virtio device gives the number of entries of every queue's ring. QEMU 10.0 writes 1024 for each queue
that no driver has set up, whatever its length is, and offers drivers as many. QEMU 11.1 refuses a ring longer than the
queue that the device has: 8, 64, 128 or 256 entries. So the same machine type and command line do not help: no guest with a
virtio device goes from 10.0 to 11.1. Which release between began to compare them is not known.

For the queues of a block device and of a SCSI controller the number of segments in its configuration tells how long they
are; for the data queues of a network card the file does not tell, since they are an option of the card.`,
  qemu: [
    { from: '11.1', outcome: 'refused', says: '`VQ ... vring.num ... exceeds allocated max ...`' },
    { to: '10.0', outcome: 'restores', says: 'Does not compare it with the length of the queue.' },
    {
      outcome: 'restores',
      says: 'It is not known whether this release compares it: 10.0 does not, 11.1 does.',
    },
  ],
  remedy:
    'Restore with QEMU 10.0. Where no driver had set up the queues, `mr repair --for-qemu 11.1` writes the length that 11.1 has.',
  *check({ devices, target }) {
    if (hasChange('ringSizeChecked', target.qemu) === 'no') return;
    for (const device of devices.virtio) {
      const found = firstOversizedRing(device);
      const queue = found && device.queues[found.index];
      if (found === undefined || queue === undefined) continue;
      const state = queue.isSetUp ? 'a driver has set it up' : 'no driver has set it up';
      yield {
        message: `Queue ${found.index} of ${quoteName(device.section.idstr)} has a ring of ${queue.ringSize} entries, and the destination's has ${found.limit} (${state}).`,
        span: { byteOffset: queue.ringSizeOffset, byteLength: 4 },
        where: `${device.where}.queues[${found.index}]`,
        expected: `at most ${found.limit}`,
        actual: String(queue.ringSize),
      };
    }
  },
};
