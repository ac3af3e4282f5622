import type { RamBlock, VirtioDeviceQueues } from '@mapped-ram/reader';
import { defaultQueueSize } from '@mapped-ram/releases';
import type { SavedDevice } from './saved-devices.js';

const MEBIBYTE = 2 ** 20;
const USUAL_XHCI_PORTS = 8;
const USUAL_SERIAL_PORTS = 31;

type Values = Record<string, string | number>;

/** Options of its own that a device was started with, as far as its state, its queues and its memory tell. */
export function typeOptions(
  type: string,
  device: SavedDevice,
  { blocks, ports }: { readonly blocks: readonly RamBlock[]; readonly ports: number | undefined },
): Values {
  const key = device.place.bus === 'pci' ? device.place.key : '';
  const memory = blocks.find(
    ({ idstr }) => key !== '' && idstr.startsWith(`${key}/`) && /vram$|vgamem$/.test(idstr),
  );
  if (memory !== undefined) return displayMemory(type, memory);
  if (/-xhci$/.test(type)) return xhciPorts(ports);
  return device.virtio === undefined ? {} : queueOptions(device.state, device.virtio);
}

/** `vgamem_mb=` of the cards that have it (QEMU 10.0 to 11.1, hw/display/vga-pci.c, cirrus_vga.c, vmware_vga.c). */
function displayMemory(type: string, { usedLength }: RamBlock): Values {
  if (type === 'bochs-display') return { vgamem: usedLength };
  const hasOption = /^(VGA|secondary-vga|cirrus-vga|vmware-svga)$/.test(type) && usedLength % MEBIBYTE === 0;
  return hasOption ? { vgamem_mb: usedLength / MEBIBYTE } : {};
}

/** Two kinds of ports; the file tells their sum. */
function xhciPorts(ports: number | undefined): Values {
  if (ports === undefined || ports === USUAL_XHCI_PORTS || ports < 2) return {};
  return { p2: Math.ceil(ports / 2), p3: Math.floor(ports / 2) };
}

function queueOptions(state: string, { queues }: VirtioDeviceQueues): Values {
  const count = queues.length;
  switch (state) {
    case 'virtio-blk':
      return { 'num-queues': count, ...length('queue-size', state, queues, 0) };
    case 'virtio-scsi':
      // Beside them two for control and events.
      return { num_queues: Math.max(count - 2, 1), ...length('virtqueue_size', state, queues, 2) };
    case 'virtio-net':
      return {
        ...(count > 3 && { mq: 'on' }),
        ...length('rx_queue_size', state, queues, 0),
        ...length('tx_queue_size', state, queues, 1),
      };
    case 'virtio-console':
      return count / 2 - 1 === USUAL_SERIAL_PORTS
        ? {}
        : { max_ports: Math.max(Math.floor(count / 2) - 1, 1) };
    case 'virtio-balloon':
      return count > 3 ? { 'free-page-reporting': 'on' } : {};
    default:
      return {};
  }
}

/** A queue that a driver has set up tells its length; of others older releases save 1024 whatever it is. */
function length(option: string, state: string, queues: VirtioDeviceQueues['queues'], index: number): Values {
  const { ringSize = 0, isSetUp = false } = queues[index] ?? {};
  const usual = defaultQueueSize(state, { index, count: queues.length }, '11.1');
  const isTold = isSetUp || ringSize < LONGEST_RING;
  return isTold && ringSize > 0 && ringSize !== usual ? { [option]: ringSize } : {};
}

/** `VIRTQUEUE_MAX_SIZE` */
const LONGEST_RING = 1024;
