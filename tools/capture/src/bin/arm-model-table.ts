import { QEMU_VERSIONS, type QemuVersion } from '@mapped-ram/tool-qemu';
import { askArmModels } from '../releases/arm-models.js';
import { armModelRows } from '../releases/tables.js';
import { writeTable } from '../releases/write-table.js';

// Usage: bin/arm-model-table.js: asks QEMU which -cpu saves which registers, for packages/releases/src/generated. It starts each once.

const models = new Map<QemuVersion, Map<string, string[]>>();
for (const version of QEMU_VERSIONS) models.set(version, await askArmModels(version));
await writeTable(
  'arm-models',
  'What stands for the registers of Arm processors, and the models of -cpu that save them.',
  {
    armModelTable: armModelRows(models),
  },
);
