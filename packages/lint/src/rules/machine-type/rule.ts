import { isMachineName } from '@mapped-ram/format';
import { cString, quoteName } from '../../facts/names.js';
import type { Rule } from '../../rule.js';

export const machineTypeRule: Rule = {
  id: 'machine-type',
  title: 'The machine type is not a name that a machine has',
  severity: 'warning',
  needs: 'headers',
  clauses: ['CONFIG-2', 'CONFIG-8'],
  description: `The configuration section starts with the name of the machine type, such as \`pc-q35-10.0\`. QEMU compares
it with its own, but only over the length that the file gives, and only up to a NUL: an empty name fits every machine,
and the guard against restoring into the wrong one is gone. A name with bytes that no name has fits none: all that QEMU has
consist of letters, digits, \`.\`, \`_\` and \`-\`.

Such a name can give orders where a program puts it on QEMU's command line as it is: behind \`virt-10.0,dumpdtb=/path\` QEMU
overwrites that file. \`mr clone\` refuses it.

Whether a plausible name is the destination's is not predicted.`,
  qemu: [{ outcome: 'refused', says: "`Machine type received is '...' and local is '...'`" }],
  remedy: 'Take the file from its source again, or write the name of the machine type that was saved.',
  *check({ snapshot }) {
    const { configuration } = snapshot;
    if (configuration === undefined) return;
    const { machine, byteOffset } = configuration;
    const compared = cString(machine);
    const match = {
      span: { byteOffset: byteOffset + 5, byteLength: machine.length },
      where: 'configuration.machine',
      actual: quoteName(machine),
    };
    const accepted = {
      outcome: 'restores',
      says: 'It compares only what is there, and so accepts the name.',
    } as const;
    if (compared === '') {
      yield {
        ...match,
        message: 'The machine type is empty, so it fits every machine.',
        behaviour: accepted,
      };
    } else if (!isMachineName(compared)) {
      const orders = /[,=]/.test(compared) ? ' Put on QEMU’s command line, it would be read as options.' : '';
      yield { ...match, message: `The machine type is not the name of any machine.${orders}` };
    } else if (compared !== machine) {
      yield {
        ...match,
        message: `Bytes follow the machine type ${quoteName(compared)}.`,
        behaviour: accepted,
      };
    }
  },
};
