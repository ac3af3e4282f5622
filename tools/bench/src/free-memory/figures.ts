import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CHECKOUT_PATH, type QemuVersion } from '@mapped-ram/tool-qemu';
import {
  type BootedLinux,
  bootLinux,
  FILL_MEMORY,
  findBalloonDriver,
  findLinuxGuest,
} from '@mapped-ram/tool-qemu/linux-guest';
import { restoreMs, storedMiB } from '../linux-restore.js';

/** How a guest is saved. */
export type Way = 'plain' | 'hint' | 'reporting' | 'trim';

/** What a save costs. */
export interface Figures {
  /** On the disk. */
  readonly storedMiB: number;
  /** `mr save` from start to end. */
  readonly saveMs: number;
  /** In QEMU. */
  readonly restoreMs: number;
}

/** Of one guest. */
export interface GuestFigures {
  readonly idle: Readonly<Record<Way, Figures>>;
  /** When a program has used memory and ended. */
  readonly worked: Readonly<Record<Way, Figures>>;
}

/** A guest, and where its files may be for a while. */
export interface MeasuredGuest {
  readonly version: QemuVersion;
  readonly memoryMiB: number;
  readonly workloadMiB: number;
  readonly folder: string;
}

const mr = join(CHECKOUT_PATH, 'packages/cli/dist/bundle/mr.js');

/** The balloon with hints is there for all ways but reporting: a save of a paused guest does not ask it. */
const HINTING = [
  ...['-object', 'iothread,id=thread0'],
  ...['-device', 'virtio-balloon-pci,free-page-hint=on,iothread=thread0'],
];
const REPORTING = ['-device', 'virtio-balloon-pci,free-page-reporting=on'];

/** Saves and restores a guest in all ways. @throws Error where a tool is missing, or a save or a restore fails */
export async function freeMemoryFigures(guest: MeasuredGuest): Promise<GuestFigures> {
  const hinting = await measure(guest, HINTING, ['plain', 'hint', 'trim']);
  const reporting = await measure(guest, REPORTING, ['reporting']);
  return {
    idle: { ...hinting.idle, ...reporting.idle },
    worked: { ...hinting.worked, ...reporting.worked },
  };
}

async function measure(
  { version, memoryMiB, workloadMiB, folder }: MeasuredGuest,
  balloon: readonly string[],
  ways: readonly Way[],
): Promise<GuestFigures> {
  const [linux, driver] = [findLinuxGuest(), findBalloonDriver()];
  if (linux.kind === 'missing') throw new Error(linux.reason);
  if (driver.kind === 'missing') throw new Error(driver.reason);
  const machine = ['-machine', 'pc-q35-10.0', '-m', `${memoryMiB}M`, ...balloon];
  const socket = join(folder, 'qmp.sock');
  const booted = await bootLinux(linux, {
    version,
    args: [...machine, '-qmp', `unix:${socket},server=on,wait=off`],
    files: [FILL_MEMORY, driver.file],
  });
  const path = join(folder, 'guest.mr');
  const inAllWays = async () => {
    const figures: Partial<Record<Way, Figures>> = {};
    for (const way of ways) {
      if (way === 'reporting') await untilGivenBack(booted);
      const started = performance.now();
      await promisify(execFile)(process.execPath, [mr, ...saveArguments(way, socket), path]);
      const saveMs = performance.now() - started;
      figures[way] = {
        saveMs,
        storedMiB: storedMiB(path),
        restoreMs: await restoreMs(path, version, machine),
      };
      rmSync(path);
    }
    return figures as Record<Way, Figures>;
  };
  try {
    await booted.console.run(driver.command);
    const idle = await inAllWays();
    const printed = await booted.console.run(`fill-memory ${workloadMiB}; echo status $?`);
    if (!printed.includes('status 0')) throw new Error(`the workload failed: ${printed}`);
    return { idle, worked: await inAllWays() };
  } finally {
    await booted.kill();
  }
}

function saveArguments(way: Way, socket: string): string[] {
  const options = { plain: [], reporting: [], hint: ['--free-page-hint'], trim: ['--trim'] }[way];
  return ['save', '--qmp', socket, '--keep-running', ...options];
}

/** A guest reports what has been free for two seconds, a part at a time. It has ended when QEMU has been of one size for longer. */
async function untilGivenBack({ vm }: BootedLinux): Promise<void> {
  const QUIET_MS = 6000;
  let least = Number.POSITIVE_INFINITY;
  for (let since = performance.now(); performance.now() - since < QUIET_MS; await sleep(500)) {
    const [, kibibytes] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${vm.process.pid}/status`, 'utf8')) ?? [];
    if (Number(kibibytes) >= least - 1024) continue;
    least = Number(kibibytes);
    since = performance.now();
  }
}
