import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { launchQemu, saveMappedRam } from '@mapped-ram/tool-qemu';
import type { Emulator } from './run-qemu.js';

const FIRMWARE_BYTES = 64 * 1024;

/** For machines that want a firmware, which never runs. */
export function putFirmware(folder: string): Promise<void> {
  return writeFile(join(folder, 'firmware.bin'), new Uint8Array(FIRMWARE_BYTES));
}

/**
 * Saves a machine that never ran, and looks at the file.
 *
 * @param look is given the open snapshot and its path; both are gone afterwards
 * @throws Error when QEMU does not start or does not save
 */
export async function withSavedMachine<T>(
  { version, target }: Emulator,
  args: readonly string[],
  look: (snapshot: Snapshot, path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-saved-'));
  try {
    const path = join(folder, 'saved.mr');
    const vm = await launchQemu({ version, target, args: [...args, '-S'], prepare: putFirmware });
    try {
      const outcome = await saveMappedRam(vm, { uri: `file:${path}` });
      if (outcome.kind !== 'completed') throw new Error(`the save of ${args.join(' ')}: ${outcome.kind}`);
    } finally {
      await vm.kill();
    }
    const snapshot = await openSnapshot(await openFileSource(path));
    try {
      return await look(snapshot, path);
    } finally {
      await snapshot.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
