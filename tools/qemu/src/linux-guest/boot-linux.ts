import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchQemu, type QemuVersion, type QemuVm } from '../index.js';
import { type CpioEntry, cpioArchive } from './cpio.js';
import { READY } from './init-script.js';
import type { LinuxGuest } from './install-linux-guest.js';
import { SerialConsole } from './serial-console.js';

const SERIAL_NAME = 'serial';
const INITRAMFS_NAME = 'initramfs';

/** Arguments of every VM with this guest, when it boots and when it is restored; the serial line is a socket in QEMU's folder. */
export const LINUX_GUEST_ARGS: readonly string[] = [
  ...['-nodefaults', '-smp', '2', '-device', 'vmcoreinfo'],
  ...['-serial', `unix:${SERIAL_NAME},server=on,wait=off`],
];

/** On a busy machine processors of the guest stand still, which its watchdogs take for faults of its own and tell of in its log. */
const WITHOUT_WATCHDOGS = 'nowatchdog rcupdate.rcu_cpu_stall_suppress=1 workqueue.watchdog_thresh=0';

/** What to boot the guest in. */
export interface BootOptions {
  readonly version: QemuVersion;
  /** The machine and its memory, and whatever else the VM shall have. */
  readonly args: readonly string[];
  /** Files to put into the guest beside its own. */
  readonly files?: readonly CpioEntry[];
  /** What the kernel is told beside its console: `nokaslr`. */
  readonly kernelOptions?: string;
}

/** A guest that takes commands. */
export interface BootedLinux {
  readonly vm: QemuVm;
  readonly console: SerialConsole;
  /** Ends both. */
  kill(): Promise<void>;
}

/** Boots the guest under TCG and waits until it takes commands. */
export async function bootLinux(guest: LinuxGuest, options: BootOptions): Promise<BootedLinux> {
  const { version, args, files = [], kernelOptions = '' } = options;
  const append = `console=${guest.serialLine} quiet ${WITHOUT_WATCHDOGS} ${kernelOptions}`;
  const boot = ['-kernel', guest.kernel, '-initrd', INITRAMFS_NAME, '-append', append];
  const vm = await launchQemu({
    version,
    target: guest.target,
    args: [...LINUX_GUEST_ARGS, ...args, ...boot],
    // The kernel unpacks one archive after another.
    prepare: (folder) =>
      writeFileSync(
        join(folder, INITRAMFS_NAME),
        Buffer.concat([padded(readFileSync(guest.initramfs)), cpioArchive(files)]),
      ),
  });
  try {
    const console = await connectConsole(vm.folder);
    await console.waitFor(READY);
    const kill = async () => {
      console.close();
      await vm.kill();
    };
    return { vm, console, kill };
  } catch (error) {
    await vm.kill();
    throw error;
  }
}

/** Connects to the serial line of a VM with {@link LINUX_GUEST_ARGS}. @param folder QEMU's working directory */
export function connectConsole(folder: string): Promise<SerialConsole> {
  return SerialConsole.connect(join(folder, SERIAL_NAME));
}

/** Up to where the next archive may begin. */
function padded(archive: Uint8Array): Uint8Array {
  return Buffer.concat([archive, new Uint8Array((4 - (archive.length % 4)) % 4)]);
}
