import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMachineFiles, type DestinationMachine } from './launch-destination.js';
import { type LaunchOptions, launchQemu, type QemuVm } from './launch-qemu.js';
import { describeFailure, type MigrationOutcome, type MigrationSettings, untilOver } from './migration.js';
import type { QemuTarget } from './qemu-version.js';

/** The node of the disk; every disk that is made here has this one. */
const NODE = 'disk';

/** Waiting for the job has no end, but for that of a QEMU that does nothing. */
const UNLIMITED = { timeoutMs: Number.POSITIVE_INFINITY };

/**
 * Starts a machine, paused, with a copy of a disk image (qcow2), which goes with the VM's folder.
 *
 * @throws QemuStartError as `launchQemu` does, also where QEMU cannot open the image.
 */
export function launchWithDisk(
  machine: DestinationMachine,
  { disk, ...options }: Omit<LaunchOptions, 'args' | 'target' | 'prepare'> & { readonly disk: string },
): Promise<QemuVm> {
  const node = `driver=qcow2,node-name=${NODE},file.driver=file,file.filename=disk.qcow2`;
  return launchQemu({
    ...options,
    target: machine.target as QemuTarget,
    args: ['-S', ...machine.args, '-blockdev', node],
    prepare: (folder) => {
      createMachineFiles(machine, folder);
      copyFileSync(disk, join(folder, 'disk.qcow2'));
    },
  });
}

/** Loads an internal snapshot by `snapshot-load`. The VM comes from {@link launchWithDisk}. */
export function loadInternalSnapshot(
  vm: QemuVm,
  name: string,
  { mappedRam, ...limits }: { readonly mappedRam: boolean } & Pick<MigrationSettings, 'quietMs' | 'busyMs'>,
): Promise<MigrationOutcome> {
  return untilOver(vm, limits, async () => {
    const capabilities = [{ capability: 'mapped-ram', state: mappedRam }];
    await vm.qmp.execute('migrate-set-capabilities', { capabilities });
    const id = 'load';
    const [, jobs] = await Promise.all([
      vm.qmp.execute('snapshot-load', { 'job-id': id, tag: name, vmstate: NODE, devices: [NODE] }, UNLIMITED),
      vm.qmp
        .waitForEvent<{ id: string; status: string }>(
          'JOB_STATUS_CHANGE',
          ({ data }) => data.id === id && data.status === 'concluded',
          UNLIMITED,
        )
        .then(() => vm.qmp.execute<readonly { id: string; error?: string }[]>('query-jobs', {}, UNLIMITED)),
    ]);
    const error = jobs.find((job) => job.id === id)?.error;
    return error === undefined ? { kind: 'completed' } : { kind: 'failed', text: describeFailure(vm, error) };
  });
}
