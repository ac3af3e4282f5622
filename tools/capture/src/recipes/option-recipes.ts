import type { QemuVersion } from '@mapped-ram/tool-qemu';
import { MIB, pcMachine } from '../machines.js';
import type { Recipe } from '../recipe.js';

const ram = (sizeBytes: number) => ({ name: 'ram0', sizeBytes });
const microvm = (...args: string[]) => pcMachine('microvm', ram(2 * MIB), args, 'microvm.ram');
const pc = (version: QemuVersion, ...args: string[]) => pcMachine(`pc-i440fx-${version}`, ram(8 * MIB), args);

/** What migration capabilities, parameters and properties do to the file. All of stopped machines. */
export const OPTION_RECIPES: readonly Recipe[] = [
  {
    name: 'multifd-2',
    what: 'Saved through two multifd channels.',
    versions: ['10.0', '11.1'],
    machine: (version) => pc(version),
    capabilities: ['multifd'],
    parameters: { 'multifd-channels': 2 },
  },
  {
    name: 'multifd-8',
    what: 'Saved through eight multifd channels.',
    versions: ['10.0'],
    machine: (version) => pc(version),
    capabilities: ['multifd'],
    parameters: { 'multifd-channels': 8 },
  },
  {
    name: 'direct-io',
    what: 'Saved through two multifd channels with O_DIRECT.',
    versions: ['10.0', '11.1'],
    machine: () => microvm(),
    capabilities: ['multifd'],
    parameters: { 'multifd-channels': 2, 'direct-io': true },
  },
  {
    name: 'zero-pages-stored',
    what: 'Saved without zero page detection: every bit is set, and the zero pages are stored as zeros.',
    versions: ['10.0'],
    machine: () => microvm(),
    parameters: { 'zero-page-detection': 'none' },
  },
  {
    name: 'offset-aligned',
    what: 'The stream begins 1 MiB into the file.',
    versions: ['10.0', '11.1'],
    machine: () => microvm(),
    streamOffset: MIB,
  },
  {
    name: 'offset-unaligned',
    what: 'The stream begins at byte 12345 of the file.',
    versions: ['10.0'],
    machine: () => microvm(),
    streamOffset: 12_345,
  },
  {
    name: 'uuid',
    what: "The configuration section carries the machine's UUID, which the destination compares.",
    versions: ['10.0'],
    machine: () => microvm('-uuid', '6d617070-6564-4d72-8d61-6d2d7261d400'),
    capabilities: ['validate-uuid'],
    restoreCapabilities: ['validate-uuid'],
  },
  {
    name: 'no-vmdesc',
    what: 'Without the description of the device state at the end.',
    versions: ['10.0', '11.1'],
    machine: (version) => pcMachine(`pc-i440fx-${version},suppress-vmdesc=on`, ram(8 * MIB)),
  },
  {
    name: 'no-configuration',
    what: 'Without the configuration section, so that nothing names the machine or mapped-ram, and without the description.',
    versions: ['10.0'],
    // With the description, QEMU 10.0 and 11.1 abort at the end of such a save.
    machine: () =>
      pcMachine(
        'microvm,suppress-vmdesc=on',
        ram(2 * MIB),
        ['-global', 'migration.send-configuration=off'],
        'microvm.ram',
      ),
  },
  {
    name: 'no-footers',
    what: 'Without the footers that end a section.',
    versions: ['10.0'],
    machine: () => microvm('-global', 'migration.send-section-footer=off'),
  },
  {
    name: 'bare',
    what: 'Without configuration section, footers and description.',
    versions: ['10.0'],
    machine: () =>
      pcMachine(
        'microvm,suppress-vmdesc=on',
        ram(2 * MIB),
        ['-global', 'migration.send-configuration=off', '-global', 'migration.send-section-footer=off'],
        'microvm.ram',
      ),
  },
  {
    name: 'older-machine',
    what: 'A machine type of an older QEMU, which changes what is in the stream.',
    versions: ['10.0', '11.1'],
    machine: (version) => pcMachine(version === '10.0' ? 'pc-i440fx-2.6' : 'pc-q35-10.0', ram(8 * MIB)),
  },
];
