import { saveMappedRam } from '@mapped-ram/tool-qemu';
import { idlingFirmware } from '../guests.js';
import { MIB, pcMachine } from '../machines.js';
import type { Recipe, SaveContext } from '../recipe.js';

const ram = { name: 'ram0', sizeBytes: 2 * MIB };
const microvm = () => pcMachine('microvm', ram, [], 'microvm.ram');

/** For a save that writes its file and then says that it failed. */
async function saveWithFailure({ vm, settings }: SaveContext): Promise<void> {
  const outcome = await saveMappedRam(vm, settings);
  if (outcome.kind !== 'failed') throw new Error(`the save should fail: ${JSON.stringify(outcome)}`);
}

/** Unlike other saves it wants a guest that runs; this one does nothing, so its memory stays as it was. */
async function saveInBackground(context: SaveContext): Promise<void> {
  await context.vm.qmp.execute('cont');
  const outcome = await saveMappedRam(context.vm, context.settings);
  if (outcome.kind !== 'completed') throw new Error(`the save: ${JSON.stringify(outcome)}`);
}

const BACKGROUND = {
  capabilities: ['background-snapshot'],
  firmware: idlingFirmware(),
  // Write protection of pages works for shared memory, but not for files on a disk.
  memoryFolder: '/dev/shm',
  steps: ['start a guest that only jumps to itself', 'save; it says completed'],
  save: saveInBackground,
  good: false,
} as const;

/** Capabilities that do not go well with mapped-ram, or did not always. */
export const HAZARD_RECIPES: readonly Recipe[] = [
  {
    name: 'background-snapshot',
    what: 'A background snapshot of a microvm: QEMU says completed, but no bitmap was written.',
    versions: ['10.0', '11.1'],
    machine: microvm,
    ...BACKGROUND,
  },
  {
    name: 'background-snapshot-pc',
    what: 'A background snapshot of a PC: QEMU says completed, but no bitmap was written.',
    versions: ['10.0'],
    machine: (version) => pcMachine(`pc-i440fx-${version}`, { name: 'ram0', sizeBytes: 8 * MIB }),
    ...BACKGROUND,
  },
  {
    name: 'return-path',
    what: 'Saved with return-path on: QEMU says that the save failed, but the file is complete.',
    versions: ['10.0'],
    machine: microvm,
    capabilities: ['return-path'],
    steps: ['start QEMU stopped', 'save; it says failed'],
    save: saveWithFailure,
  },
  {
    name: 'ignore-shared',
    what: 'Saved with x-ignore-shared: the main RAM is a shared file and not in the snapshot.',
    versions: ['11.1'],
    machine: () => pcMachine('microvm', { ...ram, inSnapshot: false }, [], 'microvm.ram'),
    capabilities: ['x-ignore-shared'],
    restoreCapabilities: ['x-ignore-shared'],
  },
  {
    name: 'ignore-shared',
    what: 'x-ignore-shared with a shared block in a QEMU that cannot: the save fails inside the END section.',
    versions: ['10.0'],
    machine: () => pcMachine('microvm', { ...ram, inSnapshot: false }, [], 'microvm.ram'),
    capabilities: ['x-ignore-shared'],
    restoreCapabilities: ['x-ignore-shared'],
    steps: ['start QEMU stopped', 'save; it says failed'],
    save: saveWithFailure,
    good: false,
  },
];
