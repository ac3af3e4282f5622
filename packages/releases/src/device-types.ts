import { deviceTypeTable } from './generated/device-types.js';
import { lazily, parseTable } from './parse-table.js';
import { measuredVersions } from './release.js';

const table = lazily(
  () =>
    new Map(
      parseTable(deviceTypeTable, measuredVersions).map(({ name, values }) => [
        name,
        [...values.values()][0]?.split(',') ?? [],
      ]),
    ),
);

/** What the configuration space of a PCI device says that it is. */
export interface PciIdentity {
  readonly vendor: number;
  readonly device: number;
  /** Class and subclass, such as 0x0200 for Ethernet. */
  readonly class: number;
}

/** The vendor of virtio devices, whose states have names of their own. */
const VIRTIO_VENDOR = 0x1af4;

/**
 * The types of `-device` that make a state, the most usual first; empty where none is known. Of QEMU 10.0 and 11.1 each that starts was tried.
 *
 * @param state the state's name, such as `e1000`
 * @param pci what the device is, if it is on PCI
 */
export function deviceTypesOf(state: string, pci?: PciIdentity): readonly string[] {
  if (pci === undefined) return table().get(state) ?? [];
  const parts =
    pci.vendor === VIRTIO_VENDOR && state.startsWith('virtio-')
      ? [pci.class]
      : [pci.vendor, pci.device, pci.class];
  const mark = parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
  return table().get(`${state}@${mark}`) ?? [];
}
