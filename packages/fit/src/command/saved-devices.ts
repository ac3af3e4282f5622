import { stateNameOf } from '@mapped-ram/facts';
import {
  findVirtioQueues,
  type OpeningSection,
  type Snapshot,
  type VirtioDeviceQueues,
} from '@mapped-ram/reader';
import { deviceTypesOf } from '@mapped-ram/releases';
import { pciConfigOf } from '../compare/pci-config.js';
import { type DevicePlace, placeOf } from './device-place.js';
import { hardwareAddress } from './hardware-address.js';

/** A device of the file that `-device` makes, or that would have to be made. */
export interface SavedDevice {
  /** The name of its state, such as `virtio-net`. */
  readonly state: string;
  readonly section: OpeningSection;
  readonly place: DevicePlace;
  /** Types of `-device`, the most usual first; empty where none is known. */
  readonly types: readonly string[];
  /** The configuration space of a PCI device. */
  readonly config?: Uint8Array;
  readonly virtio?: VirtioDeviceQueues;
  /** The hardware address of a network card: `52:54:00:12:34:56`. */
  readonly hardwareAddress?: string;
}

/** A state of more than this is no device's that is looked at. */
const MAX_STATE_BYTES = 4 * 1024 * 1024;
const MAX_DEVICES = 4096;

/** The class of network cards. */
const NETWORK = 0x02;

/** Devices of boards on PCI, by machine and slot (QEMU 10.0 to 11.1, hw/i386, hw/arm, hw/riscv). */
const BOARD_SLOTS: readonly (readonly [machines: RegExp, slots: RegExp])[] = [
  [/^pc-i440fx/, /^0000:00:0(0\.0|1\.[013])$/],
  [/^pc-q35/, /^0000:00:(00\.0|1f\.[023])$/],
  [/^virt/, /^0000:00:00\.0$/],
];

/** States without a place that `-device` makes on machines of x86, beside those of their boards. */
const WITHOUT_PLACE = new Set(
  [
    'serial',
    'parallel_isa',
    'ne2000',
    'sb16',
    'vga-isa',
    'cirrus_vga',
    'ib700_wdt',
    'ipmi-bmc-sim',
    'hda-audio',
  ].concat(['vmcoreinfo', 'vmgenid', 'vmclock', 'acpi-erst']),
);

/** The devices that the user gave, or that the machine has where nobody says `-nodefaults`, parents before what hangs on them. */
export async function savedDevices(snapshot: Snapshot, machine: string): Promise<SavedDevice[]> {
  const devices: SavedDevice[] = [];
  for (const section of snapshot.sections) {
    if (section.kind !== 'full' || devices.length === MAX_DEVICES) continue;
    const place = placeOf(section.idstr);
    const state = stateNameOf(snapshot, section);
    if (state.endsWith('-early') || isOfBoard(machine, section, place, state)) continue;
    if (section.bodyLengthBytes > MAX_STATE_BYTES) {
      devices.push({ state, section, place, types: [] });
      continue;
    }
    const body = await snapshot.readDeviceState(section);
    const config = place.bus === 'pci' ? pciConfigOf(body) : undefined;
    const virtio = state.startsWith('virtio-')
      ? findVirtioQueues(section.idstr, body, section.bodyOffset)
      : undefined;
    const types = typesOf(state, place, config);
    const isNetwork = config?.[11] === NETWORK || /^(virtio-net|ne2000)$/.test(state);
    const address = isNetwork ? await hardwareAddress(snapshot, section, virtio?.ownState) : undefined;
    devices.push({
      ...{ state, section, place, types },
      ...(config && { config }),
      ...(virtio && { virtio }),
      ...(address !== undefined && { hardwareAddress: address }),
    });
  }
  return devices.sort((a, b) => depth(a.place) - depth(b.place));
}

function isOfBoard(
  machine: string,
  { idstr, instanceId }: OpeningSection,
  place: DevicePlace,
  state: string,
): boolean {
  if (place.bus === 'pci')
    return BOARD_SLOTS.some(([of, slots]) => of.test(machine) && slots.test(place.key));
  if (place.bus !== 'none') return false;
  if (machine === 'isapc' && state === 'ne2000' && instanceId > 0) return false;
  return !isX86(machine) || !WITHOUT_PLACE.has(idstr);
}

function isX86(machine: string): boolean {
  return /^(pc-|isapc$|microvm$)/.test(machine);
}

function typesOf(state: string, place: DevicePlace, config: Uint8Array | undefined): readonly string[] {
  if (place.bus === 'mmio') return deviceTypesOf(state).filter((type) => !type.endsWith('-ccw'));
  if (place.bus === 'ccw') return deviceTypesOf(state).filter((type) => type.endsWith('-ccw'));
  if (place.bus !== 'pci') return deviceTypesOf(state);
  if (config === undefined) return deviceTypesOf(state);
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  const identity = {
    vendor: view.getUint16(0, true),
    device: view.getUint16(2, true),
    class: view.getUint16(10, true),
  };
  return deviceTypesOf(state, identity);
}

/** Bridges come before what is behind them, controllers before what hangs on them. */
function depth(place: DevicePlace): number {
  if (place.bus === 'pci') return place.path.length;
  return place.bus === 'usb' ? 100 + place.at.length : place.bus === 'scsi' ? 100 : 50;
}
