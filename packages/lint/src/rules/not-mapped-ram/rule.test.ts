import { ascii, blockOf, type Damage } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { notMappedRamRule } from './rule.js';

/** Ends the stream behind the name of the machine, without capabilities. */
const endBehindMachine: Damage = (image, { configuration }) => {
  const { byteOffset = 0, machine = '' } = configuration ?? {};
  image.patch(byteOffset + 5 + machine.length, Uint8Array.of(0));
};

ruleCases(notMappedRamRule, {
  fires: [
    {
      name: 'a classic stream',
      capture: 'libvirt-11.3/save-raw',
      finds: [{ outcome: 'restores', severity: 'note', where: 'configuration.capabilities' }],
    },
    {
      name: 'a classic stream that is read with multifd',
      capture: 'libvirt-11.3/save-raw',
      streamOffset: 66821,
      multifd: true,
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
    {
      name: 'another capability in its place',
      edit: (image, good) => {
        const listed = good.configuration?.capabilities?.[0]?.byteOffset ?? 0;
        image.patch(listed + 1, ascii('M'));
      },
      finds: [{ outcome: 'refused', actual: 'Mapped-ram' }],
    },
    {
      name: 'a classic stream without a configuration section',
      capture: 'qemu-10.0/no-configuration',
      edit: (image, good) => {
        const { headerOffset } = blockOf(good);
        image.patch(headerOffset, new Uint8Array(28).fill(0xff));
      },
      finds: [{ outcome: 'refused', where: 'ram' }],
    },
    {
      name: 'a stream of nothing, where the capability is on',
      edit: endBehindMachine,
      mappedRam: true,
      finds: [{ outcome: 'refused', actual: 'none' }],
    },
  ],
  silent: [
    { name: 'a stream of nothing, which is completed with the capability off', edit: endBehindMachine },
    { name: 'where the header of libvirt is to blame', capture: 'libvirt-11.3/snapshot-sparse' },
    { name: 'a good file' },
  ],
});
