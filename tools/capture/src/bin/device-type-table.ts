import { askDeviceTypes, type TypeOfState } from '../releases/device-types.js';
import { deviceTypeRows } from '../releases/tables.js';
import { writeTable } from '../releases/write-table.js';

// Usage: bin/device-type-table.js: asks QEMU which -device makes which state, for packages/releases/src/generated. It starts each once.

const newest = await askDeviceTypes('11.1');
const asked = new Set(newest.map(({ type }) => type));
const all: TypeOfState[] = [...newest, ...(await askDeviceTypes('10.0', asked))];
await writeTable(
  'device-types',
  'States, by name and PCI identification, and the types of -device that make them.',
  {
    deviceTypeTable: deviceTypeRows(all),
  },
);
