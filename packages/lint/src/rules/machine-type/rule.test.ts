import { expect } from 'vitest';
import { ascii, be32, type Damage, insertBeforeTable } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { machineTypeRule } from './rule.js';

function patchName(name: string): Damage {
  return (image) => image.patch(13, ascii(name));
}

ruleCases(machineTypeRule, {
  fires: [
    {
      name: 'an empty name, which QEMU takes',
      edit: (image, good) => {
        image.patch(13, new Uint8Array(good.configuration?.machine.length ?? 0));
      },
      finds: [{ outcome: 'restores', severity: 'warning', where: 'configuration.machine' }],
    },
    {
      name: 'a name that is not printable',
      edit: (image) => {
        image.patch(13, Uint8Array.of(7));
      },
      finds: [{ outcome: 'refused', severity: 'error' }],
    },
    {
      name: 'bytes behind the name, which QEMU does not compare',
      edit: (image, good) => {
        const { length } = good.configuration?.machine ?? '';
        insertBeforeTable(image, good, 13 + length, ascii('\0junk'));
        image.patch(9, be32(length + 5));
      },
      finds: [{ outcome: 'restores', message: expect.stringContaining('follow') }],
    },
    {
      name: 'a name that gives orders',
      capture: 'qemu-10.0/pc',
      edit: (image) => image.patch(13, ascii(',x=y')),
      finds: [
        { where: 'configuration.machine', message: expect.stringContaining('would be read as options') },
      ],
    },
    ...['a b', "n'e", '\0,x='].map((name) => ({
      name: `a name with what no name has: ${JSON.stringify(name)}`,
      capture: 'qemu-10.0/pc',
      edit: patchName(name),
      finds: [{ where: 'configuration.machine' }],
    })),
  ],
  silent: [{ name: 'a good file' }],
});
