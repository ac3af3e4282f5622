import { hasMachineType, releasesWithMachine } from '@mapped-ram/releases';
import { machineTypeOf } from '../../facts/device-versions.js';
import { quoteName } from '../../facts/names.js';
import type { Rule } from '../../rule.js';

export const machineTypeMissingRule: Rule = {
  id: 'machine-type-missing',
  title: 'The QEMU that restores does not have the machine type',
  severity: 'error',
  needs: 'headers',
  clauses: ['CONFIG-2', 'CONFIG-8'],
  description: `A machine type with a version, such as \`pc-q35-10.0\`, comes with that release and goes some years later. A file
restores only into the type that it was saved from, so a QEMU without it cannot restore the file, whatever else it has.

Which types QEMU 10.0 and 11.1 have was asked of them. Where a type went between two releases that were asked, and for a
distributor's own types, the rule is silent.`,
  qemu: [{ outcome: 'refused', says: 'Does not start: `unsupported machine type: "..."`.' }],
  remedy:
    'Restore with a QEMU that has the machine type. To move on, start the guest anew there with a newer machine type.',
  *check(context) {
    const { configuration } = context.snapshot;
    const machine = machineTypeOf(context);
    if (configuration === undefined || machine === undefined) return;
    if (hasMachineType(machine, context.target.qemu) !== 'no') return;
    yield {
      message: `QEMU ${context.target.qemu} has no machine type ${quoteName(machine)}; it was seen in ${releasesWithMachine(machine).join(', ')}.`,
      span: { byteOffset: configuration.byteOffset + 5, byteLength: configuration.machine.length },
      where: 'configuration.machine',
      actual: quoteName(machine),
      // QEMU does not come to look at the file.
      metAt: 0,
    };
  },
};
