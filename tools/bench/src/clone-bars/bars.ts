import { mkdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clone, prepareClone, type RunningClone, startClone } from '@mapped-ram/clone';
import {
  findGuestDifference,
  findQemu,
  launchQemu,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
  saveMappedRam,
} from '@mapped-ram/tool-qemu';
import {
  COUNTER_ADDRESS,
  COUNTING_GUEST_ARGS,
  fillMemory,
  MEMORY_NAME,
  writeFirmware,
} from './counting-guest.js';
import { guestWords, proportionalBytes, readAll } from './guest-words.js';

const RAM_ID = 'pc.ram';
const MACHINE = `pc-q35-10.0,memory-backend=${RAM_ID}`;
const MULTIFD_CHANNELS = 2;
const ROUNDS = 5;

/** What was measured for one size. */
export interface SizeFigures {
  readonly version: QemuVersion;
  readonly sizeBytes: number;
  readonly snapshotBytes: number;
  /** Medians, from `migrate-incoming` to completed. */
  readonly cloneMs: number;
  readonly multifdMs: number;
  /** undefined where the memory is equal. */
  readonly difference: string | undefined;
  readonly runsOn: boolean;
}

/** What several VMs from one snapshot took. */
export interface CrowdFigures {
  readonly version: QemuVersion;
  readonly clones: number;
  readonly snapshotBytes: number;
  readonly proportionalBytes: number;
  /** Whether each saw only what it wrote itself. */
  readonly isolated: boolean;
}

/** A snapshot with its VM, which is paused, and a clone of it. */
export interface Prepared {
  readonly version: QemuVersion;
  readonly folder: string;
  readonly sizeBytes: number;
  readonly snapshot: string;
  readonly source: QemuVm;
  readonly clone: Clone;
  end(): Promise<void>;
}

/** Makes a snapshot of three quarters set pages with real QEMU, and prepares it. */
export async function prepare(version: QemuVersion, sizeBytes: number, parent: string): Promise<Prepared> {
  const folder = await mkdtemp(join(parent, 'clone-bars-'));
  const source = await launchQemu({
    version,
    parentFolder: folder,
    args: [
      ...[...COUNTING_GUEST_ARGS, '-S', '-machine', MACHINE],
      ...['-object', `memory-backend-file,id=${RAM_ID},size=${sizeBytes},mem-path=${MEMORY_NAME},share=on`],
    ],
    prepare: async (into) => {
      await writeFirmware(into);
      await fillMemory(join(into, MEMORY_NAME), sizeBytes);
    },
  });
  const snapshot = join(folder, 'snapshot.mr');
  const outcome = await saveMappedRam(source, { uri: `file:${snapshot}` });
  if (outcome.kind !== 'completed') throw new Error(`QEMU did not save: ${JSON.stringify(outcome)}`);
  const clone = await prepareClone(snapshot, join(folder, 'clone'));
  const end = async () => {
    await source.kill();
    await rm(folder, { recursive: true });
  };
  return { version, folder, sizeBytes, snapshot, source, clone, end };
}

/** Starts clones and restores with multifd in turns, and compares what comes out with what was saved. */
export async function measureSize(prepared: Prepared): Promise<SizeFigures> {
  const { version, sizeBytes, snapshot, source } = prepared;
  const cloneTimes: number[] = [];
  const multifdTimes: number[] = [];
  let difference: string | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const clone = await start(prepared, `round-${round}`, '-S');
    cloneTimes.push(clone.loadMs);
    if (round === 0) difference = await findGuestDifference(source, clone);
    await end(clone);
    multifdTimes.push(await restoreWithMultifd(prepared));
  }
  const running = await start(prepared, 'running');
  const words = await guestWords(running, RAM_ID);
  const before = words.read(COUNTER_ADDRESS);
  await sleep(500);
  const runsOn = words.read(COUNTER_ADDRESS) !== before;
  await end(running);
  const figures = { cloneMs: median(cloneTimes), multifdMs: median(multifdTimes), difference, runsOn };
  return { version, sizeBytes, snapshotBytes: allocated(snapshot), ...figures };
}

/** Starts many VMs, reads all of their memory, lets them run, and lets each write something of its own. */
export async function measureCrowd(prepared: Prepared, clones: number): Promise<CrowdFigures> {
  const { version, snapshot } = prepared;
  const vms: RunningClone[] = [];
  try {
    for (let index = 0; index < clones; index++) vms.push(await start(prepared, `crowd-${index}`));
    const words = await Promise.all(vms.map((vm) => guestWords(vm, RAM_ID)));
    for (const [index, guest] of words.entries()) guest.write(0x10_0000, 0x1000 + index);
    const isolated = words.every((guest, index) => guest.read(0x10_0000) === 0x1000 + index);
    for (const vm of vms) await readAll(vm, RAM_ID);
    const proportional = vms.reduce((sum, { process }) => sum + proportionalBytes(process.pid ?? 0), 0);
    const figures = { clones, isolated, proportionalBytes: proportional };
    return { version, snapshotBytes: allocated(snapshot), ...figures };
  } finally {
    for (const vm of vms) await end(vm);
  }
}

async function start(
  { version, folder, clone }: Prepared,
  name: string,
  ...more: string[]
): Promise<RunningClone> {
  const qemu = findQemu(version);
  if (qemu.kind === 'missing') throw new Error(qemu.reason);
  const cwd = join(folder, name);
  mkdirSync(cwd);
  await writeFirmware(cwd);
  const args = [...qemu.args, '-no-user-config', '-display', 'none', ...COUNTING_GUEST_ARGS, ...more];
  return startClone(clone, [qemu.file, ...args], {
    stdio: 'ignore',
    cwd,
    env: { ...process.env, ...qemu.env },
  });
}

async function end({ qmp, process, exit }: RunningClone): Promise<void> {
  qmp.close();
  process.kill('SIGKILL');
  await exit;
}

async function restoreWithMultifd({ version, folder, sizeBytes, snapshot }: Prepared): Promise<number> {
  const vm = await launchQemu({
    version,
    parentFolder: folder,
    args: [
      ...[...COUNTING_GUEST_ARGS, '-S', '-incoming', 'defer', '-machine', MACHINE],
      ...['-object', `memory-backend-ram,id=${RAM_ID},size=${sizeBytes}`],
    ],
    prepare: writeFirmware,
  });
  try {
    const settings = { capabilities: ['multifd'], parameters: { 'multifd-channels': MULTIFD_CHANNELS } };
    const started = performance.now();
    const outcome = await restoreMappedRam(vm, { uri: `file:${snapshot}`, ...settings });
    if (outcome.kind !== 'completed') throw new Error(`QEMU did not restore: ${JSON.stringify(outcome)}`);
    return performance.now() - started;
  } finally {
    await vm.kill();
  }
}

/** What a file has on the disk, in bytes. */
export function allocated(path: string): number {
  return statSync(path).blocks * 512;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
