import {
  type DestinationMachine,
  findGuestDifference,
  launchDestination,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { expect } from 'vitest';

/** Into what snapshots are restored. */
export interface RestoreBed {
  readonly version: QemuVersion;
  readonly machine: DestinationMachine;
  readonly capabilities: readonly string[];
}

/** Expects that QEMU has the same memory after restoring either file. */
export async function expectSameMemory(bed: RestoreBed, good: string, mended: string): Promise<void> {
  const before = await restored(bed, good);
  try {
    const after = await restored(bed, mended);
    try {
      expect(await findGuestDifference(before, after)).toBeUndefined();
    } finally {
      await after.kill();
    }
  } finally {
    await before.kill();
  }
}

async function restored({ version, machine, capabilities }: RestoreBed, path: string): Promise<QemuVm> {
  const vm = await launchDestination(machine, { version });
  const outcome = await restoreMappedRam(vm, { uri: `file:${path}`, capabilities });
  if (outcome.kind === 'completed') return vm;
  await vm.kill();
  throw new Error(`QEMU ${version} does not restore ${path}: ${JSON.stringify(outcome)}`);
}
