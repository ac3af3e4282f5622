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
  'mkdir /mnt; mount -t tmpfs tmpfs /mnt',
  'dd if=/dev/urandom of=/mnt/random bs=1M count=16 2>/dev/null; sha256sum /mnt/random > /mnt/sums',
];

/** A machine, and how much of its memory a restored guest is to fill, in MiB. */
export interface LinuxMachine {
  readonly args: readonly string[];
  /** x86_64 if not given. */
  readonly target?: QemuTarget;
  readonly fillMiB: number;
}

/** Has a guest use memory, and verify what is in it. */
export function fillCommand({ target = 'x86_64', fillMiB }: LinuxMachine): string {
  if (target === 'x86_64') return `fill-memory ${fillMiB}`;
  const half = Math.floor(fillMiB / 2);
  const fill = `dd if=/dev/urandom of=/mnt/a bs=1M count=${half} 2>/dev/null && cp /mnt/a /mnt/b`;
  return `{ ${fill} && cmp /mnt/a /mnt/b && rm /mnt/a /mnt/b; }`;
}

/** Boots a guest with files in its memory, and has it do something. */
export async function withLinux(
  guest: LinuxGuest,
  version: QemuVersion,
  { args }: LinuxMachine,
  use: (booted: BootedLinux) => Promise<void>,
): Promise<void> {
  const booted = await bootLinux(guest, { version, args, files: [FILL_MEMORY] });
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
 * Restores a guest, has it demand memory that is zero, fill and verify it, and looks whether anything that it had is gone.
 *
 * @returns Its log, as far as it is of errors.
 */
export async function restoredLog(
  path: string,
  version: QemuVersion,
  machine: LinuxMachine,
): Promise<string> {
  const { args, target = 'x86_64' } = machine;
  const vm = await launchQemu({
    ...{ version, target },
    args: [...LINUX_GUEST_ARGS, ...args, '-S', '-incoming', 'defer'],
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
    // Without times, which are each guest's own.
    return log
      .split('\n')
      .filter((line) => /^<[0-3]>/.test(line))
      .map((line) => line.replace(/\[.*?\]/, ''))
      .join('\n');
  } finally {
    await vm.kill();
  }
}
