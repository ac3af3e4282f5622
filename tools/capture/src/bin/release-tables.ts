import { QEMU_VERSIONS, type QemuTarget, type QemuVersion, TARGET_GROUPS } from '@mapped-ram/tool-qemu';
import { askArmRegisters } from '../releases/arm-registers.js';
import { askDumpedStates } from '../releases/dumped-states.js';
import { askMachineTypes } from '../releases/machine-types.js';
import { probeStates } from '../releases/probed-states.js';
import { askQueueSizes } from '../releases/queue-sizes.js';
import {
  type EmulatorFacts,
  machineTypeRows,
  queueRows,
  registerRows,
  stateRows,
  subsectionRows,
} from '../releases/tables.js';
import { writeTable } from '../releases/write-table.js';

// Usage: bin/release-tables.js: asks every QEMU in .cache for what packages/releases/src/generated says of its release.

async function askEmulator(version: QemuVersion, target: QemuTarget): Promise<EmulatorFacts> {
  const emulator = { version, target };
  const dumped = await askDumpedStates(emulator);
  const probed = await probeStates(emulator, dumped);
  const states = new Map([...dumped, ...probed]);
  console.log(`QEMU ${version} ${target}: ${states.size} states, ${probed.size} of them probed`);
  return { version, target, machineTypes: await askMachineTypes(emulator), states };
}

const emulators: EmulatorFacts[] = [];
for (const version of QEMU_VERSIONS) {
  for (const target of Object.keys(TARGET_GROUPS) as QemuTarget[]) {
    emulators.push(await askEmulator(version, target));
  }
}
const queues = new Map<QemuVersion, Map<string, readonly number[]>>();
const registers = new Map<QemuVersion, Set<bigint>>();
for (const version of QEMU_VERSIONS) {
  queues.set(version, await askQueueSizes({ version, target: 'x86_64' }));
  registers.set(version, await askArmRegisters(version));
}
await writeTable('machine-types', 'Machine types and the targets that have them.', {
  machineTypeTable: machineTypeRows(emulators, QEMU_VERSIONS),
});
await writeTable('device-states', 'Versions of states, and the lowest that each release takes.', {
  deviceStateTable: stateRows(emulators, QEMU_VERSIONS),
});
await writeTable('subsections', 'Subsections that only some releases know.', {
  subsectionTable: subsectionRows(emulators, QEMU_VERSIONS),
});
await writeTable('queue-sizes', 'Sizes of the queues of virtio devices on PCI that no driver has set up.', {
  queueSizeTable: queueRows(queues, QEMU_VERSIONS),
});
await writeTable('arm-registers', 'System registers of 64-bit Arm processors that only some releases save.', {
  armRegisterTable: registerRows(registers),
});
