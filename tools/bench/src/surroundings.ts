import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of `statfs` (Linux, include/uapi/linux/magic.h). */
const FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x01021994, 'tmpfs'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x794c7630, 'overlayfs'],
]);

/** With more of the processors at work for others, figures tell of those. */
const BUSY_FROM = 0.15;

const LOOK_MS = 1000;

/** What figures depend on beside the programs. */
export interface Surroundings {
  /** As `uname -r` has it. */
  readonly kernel: string;
  readonly node: string;
  readonly processors: number;
  /** Of the folder that snapshots and copies are in. */
  readonly fileSystem: string;
  /** Which part of the processors others used while nothing was measured: 0 to 1. */
  readonly busyShare: number;
  readonly isBusy: boolean;
}

/** Looks at the machine for a second. @param folder Where snapshots and copies are. */
export async function lookAround(folder: string): Promise<Surroundings> {
  const before = processorTimes();
  await sleep(LOOK_MS);
  const after = processorTimes();
  const busyShare = 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
  return {
    kernel: release(),
    node: process.version,
    processors: availableParallelism(),
    fileSystem: fileSystemOf(folder),
    busyShare,
    isBusy: busyShare >= BUSY_FROM,
  };
}

/** The name of a folder's file system. */
function fileSystemOf(folder: string): string {
  const { type } = statfsSync(folder);
  return FILE_SYSTEMS.get(type) ?? `file system ${type.toString(16)}`;
}

/** The surroundings in words: a line, and a warning where figures would not hold. */
export function surroundingsText({
  kernel,
  node,
  processors,
  fileSystem,
  busyShare,
  isBusy,
}: Surroundings): string {
  const line = `Linux ${kernel}, ${processors} processors, Node ${node}, ${fileSystem}`;
  if (!isBusy) return line;
  const part = `${Math.round(busyShare * 100)}%`;
  return `${line}\nWARNING: others use ${part} of the processors; figures of this run do not hold elsewhere`;
}

function processorTimes(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}
