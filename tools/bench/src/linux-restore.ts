import { statSync } from 'node:fs';
import { launchQemu, type QemuVersion, restoreMappedRam } from '@mapped-ram/tool-qemu';
import { LINUX_GUEST_ARGS } from '@mapped-ram/tool-qemu/linux-guest';

const ROUNDS = 3;
const MIB = 2 ** 20;

/** How long QEMU takes to restore the Linux guest, in milliseconds: the least of three. @throws Error where it does not */
export async function restoreMs(
  path: string,
  version: QemuVersion,
  args: readonly string[],
): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const vm = await launchQemu({
      version,
      args: [...LINUX_GUEST_ARGS, ...args, '-S', '-incoming', 'defer'],
    });
    try {
      const started = performance.now();
      const { kind } = await restoreMappedRam(vm, { uri: `file:${path}` });
      if (kind !== 'completed') throw new Error(`QEMU did not restore ${path}: ${vm.stderr()}`);
      times.push(performance.now() - started);
    } finally {
      await vm.kill();
    }
  }
  return Math.min(...times);
}

/** What a file has on the disk, in MiB. */
export function storedMiB(path: string): number {
  return (statSync(path).blocks * 512) / MIB;
}
