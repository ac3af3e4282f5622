import { findVirtioQueues } from '@mapped-ram/reader';
import type { Emulator } from './run-qemu.js';
import { withSavedMachine } from './saved-state.js';

/** A device of each kind that starts without anything on the host. */
const DEVICES = [
  ...['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile='],
  ...['-drive', 'if=none,id=disk,driver=null-co,size=1M', '-device', 'virtio-blk-pci,drive=disk'],
  ...['-device', 'virtio-scsi-pci', '-device', 'virtio-serial-pci', '-device', 'virtio-rng-pci'],
  ...['-device', 'virtio-balloon-pci,free-page-reporting=on', '-device', 'virtio-gpu-pci'],
  ...['-device', 'virtio-keyboard-pci', '-fsdev', 'local,id=share,path=.,security_model=none'],
  ...['-device', 'virtio-9p-pci,fsdev=share,mount_tag=share'],
  ...['-object', 'memory-backend-ram,id=hot,size=16M', '-device', 'virtio-mem-pci,memdev=hot'],
];

/**
 * The sizes of a virtio device's queues that no driver has set up, by the name of its state; for a device that was started
 * without options. The last size holds for all further queues.
 */
export async function askQueueSizes(emulator: Emulator): Promise<Map<string, readonly number[]>> {
  const args = ['-machine', 'q35', '-nodefaults', '-m', '64M,maxmem=256M', ...DEVICES];
  return await withSavedMachine(emulator, args, async (snapshot) => {
    const sizes = new Map<string, readonly number[]>();
    for (const section of snapshot.sections) {
      if (section.kind !== 'full') continue;
      const [, name] = /\/(virtio-[a-z0-9-]+)$/.exec(section.idstr) ?? [];
      if (name === undefined) continue;
      const { queues = [] } =
        findVirtioQueues(section.idstr, await snapshot.readDeviceState(section), section.bodyOffset) ?? {};
      if (queues.length === 0) continue;
      sizes.set(name, withoutRepetition(queues.map(({ ringSize }) => ringSize)));
    }
    return sizes;
  });
}

function withoutRepetition(sizes: readonly number[]): readonly number[] {
  let length = sizes.length;
  while (length > 1 && sizes[length - 1] === sizes[length - 2]) length--;
  return sizes.slice(0, length);
}
