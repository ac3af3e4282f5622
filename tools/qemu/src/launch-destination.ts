import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LaunchOptions, launchQemu, type QemuVm } from './launch-qemu.js';
import type { QemuTarget } from './qemu-version.js';

/** A file that a machine needs. */
interface MachineFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** A machine that restores a snapshot. */
export interface DestinationMachine {
  /** The suffix of `qemu-system-`. */
  readonly target: string;
  readonly args: readonly string[];
  /** Files that must be in the working directory for QEMU to start; their content does not matter. */
  readonly files: readonly MachineFile[];
  /** Files in the working directory that are guest memory. QEMU makes those that are not there. */
  readonly memory?: readonly MachineFile[];
}

/** Makes the files that a machine needs, and its memory, all of it a hole. */
export function createMachineFiles({ files, memory = [] }: DestinationMachine, folder: string): void {
  for (const { name, sizeBytes } of [...files, ...memory]) {
    writeFileSync(join(folder, name), '');
    truncateSync(join(folder, name), sizeBytes);
  }
}

/**
 * Starts the machine that is to restore a snapshot; it is paused, and waits for it.
 *
 * @throws QemuStartError as `launchQemu` does, also where this QEMU does not have the machine.
 */
export function launchDestination(
  machine: DestinationMachine,
  { prepare, ...options }: Omit<LaunchOptions, 'args' | 'target'>,
): Promise<QemuVm> {
  return launchQemu({
    ...options,
    target: machine.target as QemuTarget,
    args: ['-S', '-incoming', 'defer', ...machine.args],
    prepare: async (folder) => {
      createMachineFiles(machine, folder);
      await prepare?.(folder);
    },
  });
}
