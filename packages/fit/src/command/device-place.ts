/** A slot on a PCI bus. */
export interface PciSlot {
  readonly slot: number;
  readonly fn: number;
}

/** Where a device is, as the name of its section tells. */
export type DevicePlace =
  /** On PCI: the slots of the bridges in front, then its own. */
  | { readonly bus: 'pci'; readonly path: readonly PciSlot[]; readonly key: string }
  /** On a controller that has a place itself: USB ports, or channel, target and unit of SCSI. */
  | { readonly bus: 'usb' | 'scsi'; readonly controller: string; readonly at: readonly number[] }
  | { readonly bus: 'mmio'; readonly address: bigint; readonly key: string }
  | { readonly bus: 'ccw'; readonly device: string; readonly key: string }
  /** A device that has no place in its name: of the board, or on ISA. */
  | { readonly bus: 'none' };

/** The domain of x86 and Arm, and the first bridge of pseries (hw/ppc/spapr_pci.c, `spapr_phb_root_bus_path`). */
const PCI_PATH = /^(?:0000:00|pci@800000020000000):((?:[0-9a-f]{2}\.[0-7])(?::[0-9a-f]{2}\.[0-7])*)$/;
const MMIO = /^virtio-mmio@([0-9a-f]{1,16})$/;
const CCW = /^\/?([0-9a-f]{1,2}\.[0-3]\.[0-9a-f]{4})$/;
const SCSI = /^(\d{1,5}):(\d{1,5}):(\d{1,5})$/;
const USB = /^\d{1,3}(\.\d{1,3}){0,5}$/;

/**
 * Reads the place out of a section's name: `0000:00:01.0:00.0/virtio-net`, `0000:00:04.0/0:0:0/scsi-disk`. Mirrors `qdev_get_dev_path` with
 * `pcibus_get_dev_path`, `scsibus_get_dev_path` and `usb_get_dev_path` (QEMU 9.0 to 11.1).
 */
export function placeOf(idstr: string): DevicePlace {
  const parts = idstr.split('/');
  // A channel's path begins with a slash.
  if (parts[0] === '') parts.splice(0, 2, `/${parts[1] ?? ''}`);
  const [first = '', second] = parts;
  const key = first;
  if (parts.length === 3 && second !== undefined) {
    const scsi = SCSI.exec(second);
    if (scsi !== null) return { bus: 'scsi', controller: key, at: scsi.slice(1).map(Number) };
    if (USB.test(second)) return { bus: 'usb', controller: key, at: second.split('.').map(Number) };
    return { bus: 'none' };
  }
  if (parts.length !== 2) return { bus: 'none' };
  const [, path] = PCI_PATH.exec(first) ?? [];
  if (path !== undefined) return { bus: 'pci', path: path.split(':').map(slotOf), key };
  const [, address] = MMIO.exec(first) ?? [];
  if (address !== undefined) return { bus: 'mmio', address: BigInt(`0x${address}`), key };
  const [, device] = CCW.exec(first) ?? [];
  if (device !== undefined) return { bus: 'ccw', device, key };
  return { bus: 'none' };
}

function slotOf(text: string): PciSlot {
  const [slot = '', fn = ''] = text.split('.');
  return { slot: Number.parseInt(slot, 16), fn: Number(fn) };
}
