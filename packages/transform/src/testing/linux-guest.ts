import {
  launchQemu,
  type QemuTarget,
  type QemuVersion,
  restoreMappedRam,
  saveMappedRam,
} from '@mapped-ram/tool-qemu';
import {
  type BootedLinux,
  bootLinux,
  connectConsole,
  FILL_MEMORY,
  LINUX_GUEST_ARGS,
  type LinuxGuest,
} from '@mapped-ram/tool-qemu/linux-guest';
import { expect } from 'vitest';

/** Puts files into a guest's memory whose checksums {@link restoredLog} looks at. */
const FILES = [
  'mkdir /mnt; mount -t tmpfs -o size=100% tmpfs /mnt',
  'dd if=/dev/urandom of=/mnt/random bs=1M count=16 2>/dev/null; sha256sum /mnt/random > /mnt/sums',
];

/** Of its memory, what a restored guest fills and verifies. Four fifths of 640 MiB are 512, and 515 are to be had (MemAvailable): one guest once found too few. */
const FILLED = 0.75;

/** What a log has of how fast the guest was, which is each run's own. */
const OF_TIME = /clocksource|hrtimer|sched_clock|perf: interrupt took|hogged CPU/;

/** With large pages, a kernel keeps so much for itself that four fifths of all are not to be had. */
const KERNEL_OPTIONS = 'transparent_hugepage=never';

/** A machine that boots Linux. */
export interface LinuxMachine {
  readonly memoryMiB: number;
  /** What it has beside its memory. */
  readonly args: readonly string[];
  /** x86_64 if not given. */
  readonly target?: QemuTarget;
  /** What the kernel is told beside that. */
  readonly kernelOptions?: string;
}

/** What a restored guest fills and verifies. */
export function filledMiB({ memoryMiB }: LinuxMachine): number {
  return Math.ceil(memoryMiB * FILLED);
}

/** Has a guest use three quarters of its memory, verify what is in it, and give it back. */
export function fillCommand(machine: LinuxMachine): string {
  const { target = 'x86_64' } = machine;
  if (target === 'x86_64') return `fill-memory ${filledMiB(machine)}`;
  const half = Math.ceil(filledMiB(machine) / 2);
  const fill = `dd if=/dev/urandom of=/mnt/a bs=1M count=${half} 2>/dev/null && cp /mnt/a /mnt/b`;
  return `{ ${fill} && cmp /mnt/a /mnt/b && rm /mnt/a /mnt/b; }`;
}

/** Boots a guest with files in its memory, and has it do something. */
export async function withLinux(
  guest: LinuxGuest,
  version: QemuVersion,
  machine: LinuxMachine,
  use: (booted: BootedLinux) => Promise<void>,
): Promise<void> {
  const booted = await bootLinux(guest, {
    version,
    args: machineArguments(machine),
    files: [FILL_MEMORY],
    kernelOptions: `${KERNEL_OPTIONS} ${machine.kernelOptions ?? ''}`,
  });
  try {
    for (const command of FILES) await booted.console.run(command);
    await use(booted);
  } finally {
    await booted.kill();
  }
}

/** Stops a guest and saves it. */
export async function save({ vm }: BootedLinux, path: string): Promise<void> {
  await vm.qmp.execute('stop');
  expect(await saveMappedRam(vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
}

/**
 * Restores a guest, has it demand three quarters of its memory, all zero, fill and verify it, and looks whether anything that it had is gone.
 *
 * @returns Its log, without times.
 */
export async function restoredLog(
  path: string,
  version: QemuVersion,
  machine: LinuxMachine,
): Promise<string[]> {
  const vm = await launchQemu({
    ...{ version, target: machine.target ?? 'x86_64' },
    args: [...LINUX_GUEST_ARGS, ...machineArguments(machine), '-S', '-incoming', 'defer'],
  });
  try {
    expect(await restoreMappedRam(vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
    const console = await connectConsole(vm.folder);
    await vm.qmp.execute('cont');
    expect(await console.run(`${fillCommand(machine)}; echo status $?`)).toContain('status 0');
    expect(await console.run('sha256sum -c /mnt/sums')).toBe('/mnt/random: OK');
    const log = await console.run('dmesg -r');
    expect(log).not.toMatch(/BUG|Bad page|corrupt|Oops|Call Trace/);
    console.close();
    return log
      .split('\n')
      .filter((line) => !OF_TIME.test(line))
      .map((line) => line.replace(/\[.*?\]/, ''));
  } finally {
    await vm.kill();
  }
}

/** Restores a trimmed guest in every version, and beside it the one that was not: what they do and log is the same. */
export async function expectGoesOn(
  trimmed: string,
  control: string,
  versions: readonly QemuVersion[],
  machine: LinuxMachine,
): Promise<void> {
  for (const version of versions) {
    const log = await restoredLog(control, version, machine);
    expect(await restoredLog(trimmed, version, machine), `QEMU ${version}`).toEqual(log);
  }
}

function machineArguments({ memoryMiB, args }: LinuxMachine): string[] {
  return ['-m', `${memoryMiB}M`, ...args];
}
