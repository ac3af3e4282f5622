/** A queue of a virtio device, as its state gives it. */
export interface VirtioQueue {
  /** Entries of the ring (QEMU: `vring.num`). */
  readonly ringSize: number;
  /** Where the ring's size stands in the file: a be32. */
  readonly ringSizeOffset: number;
  /** Whether a driver has set the queue up: its ring has an address. */
  readonly isSetUp: boolean;
}

/** The queues of a virtio device, with what its driver sees of its configuration. */
export interface VirtioDeviceQueues {
  readonly queues: readonly VirtioQueue[];
  /** The device's configuration: a view of the body. */
  readonly config: Uint8Array;
  /** What the device itself saves, behind its queues, and everything after it: a view of the body. */
  readonly ownState: Uint8Array;
}

const PCI_CONFIG_BYTES = 256;
const PCIE_CONFIG_BYTES = 4096;
/** The state's version, before the configuration space. */
const CONFIG_OFFSET = 4;
/** Four interrupt lines, a be32 each, behind the configuration space. */
const IRQ_STATE_BYTES = 16;

const CAPABILITIES_POINTER = 0x34;
const CAPABILITY_EXPRESS = 0x10;
const CAPABILITY_MSIX = 0x11;
/** As many capabilities as fit behind the header. */
const MAX_CAPABILITIES = 48;

const MSIX_ENTRY_BYTES = 16;
const VECTOR_BYTES = 2;
/** Status, interrupt status, selected queue and features. */
const COMMON_BYTES = 1 + 1 + 2 + 4;
/** Size of the ring, address of the descriptors, index of the last that was seen. */
const QUEUE_BYTES = 4 + 8 + 2;

const MAX_QUEUES = 1024;
const MAX_CONFIG_BYTES = 4096;

/** What a transport puts before the common part of the state, and into each queue. */
interface Transport {
  readonly headBytes: number;
  /** The ring's alignment, between its length and its address. */
  readonly alignBytes: number;
  /** The queue's interrupt vector, behind everything else. */
  readonly vectorBytes: number;
}

/** hw/virtio/virtio-mmio.c, `virtio_mmio_save_config` */
const MMIO: Transport = { headBytes: 12, alignBytes: 4, vectorBytes: 0 };

/** hw/s390x/virtio-ccw.c, `vmstate_virtio_ccw_dev`, with the subchannel; found in files of QEMU 10.0 and 11.1 */
const CCW: Transport = { headBytes: 495, alignBytes: 0, vectorBytes: 2 };

/**
 * Finds the queues in the state of a virtio device on PCI, virtio-mmio or a channel of s390x. Mirrors `virtio_save` with
 * `virtio_pci_save_config`, `pci_device_save`, `msix_save` and `virtio_pci_save_queue` (QEMU 9.0 to 11.1, hw/virtio/virtio.c,
 * virtio-pci.c, hw/pci/pci.c, msix.c), and what the other two have instead.
 *
 * @param idstr The section's name, which tells the transport.
 * @param body The body of the device's section.
 * @param byteOffset Where the body lies in the file.
 * @returns undefined where the state does not have that structure.
 */
export function findVirtioQueues(
  idstr: string,
  body: Uint8Array,
  byteOffset: number,
): VirtioDeviceQueues | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const transport = transportOf(idstr, view);
  if (transport === undefined) return undefined;
  const { headBytes, alignBytes, vectorBytes } = transport;
  let at = headBytes + COMMON_BYTES;
  if (at + 4 > body.length) return undefined;
  const configBytes = view.getUint32(at);
  const config = body.subarray(at + 4, at + 4 + configBytes);
  at += 4 + configBytes;
  if (configBytes > MAX_CONFIG_BYTES || at + 4 > body.length) return undefined;
  const count = view.getUint32(at);
  at += 4;
  const strideBytes = QUEUE_BYTES + alignBytes + vectorBytes;
  if (count > MAX_QUEUES || at + count * strideBytes > body.length) return undefined;
  const queues = Array.from({ length: count }, (_, index) => {
    const offset = at + index * strideBytes;
    return {
      ringSize: view.getUint32(offset),
      ringSizeOffset: byteOffset + offset,
      isSetUp: view.getBigUint64(offset + 4 + alignBytes) !== 0n,
    };
  });
  return { queues, config, ownState: body.subarray(at + count * strideBytes) };
}

function transportOf(idstr: string, view: DataView): Transport | undefined {
  if (idstr.startsWith('virtio-mmio@')) return MMIO;
  if (/^\/?[0-9a-f]{1,2}\.[0-9a-f]\.[0-9a-f]{4}\//.test(idstr)) return CCW;
  if (view.byteLength < CONFIG_OFFSET + PCI_CONFIG_BYTES || view.getUint32(0) !== 2) return undefined;
  const { msixVectors, isExpress } = readCapabilities(view);
  const headBytes = CONFIG_OFFSET + (isExpress ? PCIE_CONFIG_BYTES : PCI_CONFIG_BYTES) + IRQ_STATE_BYTES;
  if (msixVectors === 0) return { headBytes, alignBytes: 0, vectorBytes: 0 };
  const msixBytes = msixVectors * MSIX_ENTRY_BYTES + Math.ceil(msixVectors / 8) + VECTOR_BYTES;
  return { headBytes: headBytes + msixBytes, alignBytes: 0, vectorBytes: VECTOR_BYTES };
}

/** The configuration space is little-endian. */
function readCapabilities(view: DataView): { readonly msixVectors: number; readonly isExpress: boolean } {
  let msixVectors = 0;
  let isExpress = false;
  let at = view.getUint8(CONFIG_OFFSET + CAPABILITIES_POINTER);
  for (let seen = 0; at !== 0 && at <= PCI_CONFIG_BYTES - 4 && seen < MAX_CAPABILITIES; seen++) {
    const id = view.getUint8(CONFIG_OFFSET + at);
    if (id === CAPABILITY_EXPRESS) isExpress = true;
    if (id === CAPABILITY_MSIX) msixVectors = (view.getUint16(CONFIG_OFFSET + at + 2, true) & 0x7ff) + 1;
    at = view.getUint8(CONFIG_OFFSET + at + 1);
  }
  return { msixVectors, isExpress };
}
