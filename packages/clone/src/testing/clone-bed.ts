import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureInfo, SparseImage } from '@mapped-ram/fixtures';
import { createMachineFiles, findQemu, type QemuTarget, type QemuVersion } from '@mapped-ram/tool-qemu';
import { type Clone, prepareClone } from '../prepare-clone.js';
import { type RunningClone, startClone } from '../start-clone.js';

/** A prepared clone in a folder of its own. */
export interface CloneBed {
  readonly info: CaptureInfo;
  readonly folder: string;
  /** The snapshot. */
  readonly path: string;
  readonly clone: Clone;
  /** Ends the VMs that are started in it. */
  readonly signal?: AbortSignal;
}

/** Puts a capture on disk, beside the files that its machine needs to start, and prepares it. */
export async function makeBed(info: CaptureInfo, image: SparseImage, parent: string): Promise<CloneBed> {
  const folder = await mkdtemp(join(parent, 'bed-'));
  const path = join(folder, 'snapshot.mr');
  await image.writeTo(path);
  createMachineFiles(info.machine, folder);
  const { streamOffset } = info;
  const clone = await prepareClone(path, join(folder, 'clone'), streamOffset === 0 ? {} : { streamOffset });
  return { info, folder, path, clone };
}

/** Starts a VM in a bed, with the very arguments that its snapshot's VM had. @throws Error where there is no such QEMU */
export function startInBed(
  { info, folder, clone, signal }: CloneBed,
  version: QemuVersion,
  ...more: string[]
): Promise<RunningClone> {
  const qemu = findQemu(version, info.machine.target as QemuTarget);
  if (qemu.kind === 'missing') throw new Error(qemu.reason);
  const args = [...qemu.args, '-no-user-config', '-display', 'none', ...info.machine.args, ...more];
  const env = { ...process.env, ...qemu.env };
  return startClone(clone, [qemu.file, ...args], {
    stdio: 'ignore',
    cwd: folder,
    env,
    ...(signal && { signal }),
  });
}

/** Ends a VM and waits for it. */
export async function endClone({ qmp, process, exit }: RunningClone): Promise<void> {
  qmp.close();
  process.kill('SIGKILL');
  await exit;
}
