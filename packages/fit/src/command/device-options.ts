import { formatOptions } from '@mapped-ram/format';
import { findDevice, type Snapshot } from '@mapped-ram/reader';
import type { MachineRecord } from '../record/machine-record.js';
import { DeviceBackends } from './device-backends.js';
import type { DevicePlace } from './device-place.js';
import type { CommandBuilder } from './machine-command.js';
import {
  addressOf,
  bridgeOptions,
  isBridge,
  pciOptions,
  romOptions,
  virtioPciOptions,
} from './pci-options.js';
import type { SavedDevice } from './saved-devices.js';
import { typeOptions } from './type-options.js';

type Values = Record<string, string | number>;

/** Where virtio-mmio begins, and how far one is from the next (QEMU 10.0 to 11.1, hw/i386/microvm.c, hw/arm/virt.c, hw/riscv/virt.c). */
const MMIO: readonly (readonly [machine: RegExp, base: bigint, stride: bigint])[] = [
  [/^microvm$/, 0xfeb00000n, 0x200n],
  [/^virt-/, 0x0a000000n, 0x200n],
  [/^virt$/, 0x10001000n, 0x1000n],
];

/** Adds the devices of the file to the command line. */
export function addDevices(
  snapshot: Snapshot,
  machine: string,
  devices: readonly SavedDevice[],
  builder: CommandBuilder,
  record?: MachineRecord,
): void {
  const adder = new DeviceAdder(snapshot, machine, builder, record);
  for (const device of devices) adder.add(device);
}

class DeviceAdder {
  readonly #snapshot: Snapshot;
  readonly #machine: string;
  readonly #builder: CommandBuilder;
  readonly #backends: DeviceBackends;
  /** Ids of what other devices are behind, by their places. */
  readonly #buses = new Map<string, string>();
  /** Types that the record tells of. */
  readonly #recorded: ReadonlySet<string>;
  #chassis = 0;

  constructor(snapshot: Snapshot, machine: string, builder: CommandBuilder, record?: MachineRecord) {
    this.#recorded = new Set(record?.devices.map(({ type }) => type));
    this.#snapshot = snapshot;
    this.#machine = machine;
    this.#builder = builder;
    this.#backends = new DeviceBackends(builder, snapshot, record);
  }

  add(device: SavedDevice): void {
    const { state, section, types } = device;
    const told = types.find((one) => this.#recorded.has(one));
    const [type, ...others] = told === undefined ? types : [told];
    if (type === undefined) {
      this.#builder.isByHand(`no -device is known that has the state ${state} (${section.idstr})`);
      return;
    }
    if (others.length > 0) {
      this.#builder.isUnknown(
        `whether ${section.idstr} is a ${type}: ${others.slice(0, 4).join(', ')} have the same state`,
      );
    }
    const place = this.#placeOptions(device, type);
    if (place === undefined) return;
    const backends = this.#backends.optionsFor(type, device);
    const address = device.hardwareAddress;
    const own = { ...backends, ...(address && { mac: address }), ...this.#ownOptions(type, device) };
    this.#builder.addDevice(formatOptions(type, { ...place, ...own }), section.idstr);
  }

  #ownOptions(type: string, device: SavedDevice): Values {
    const { place, config, virtio } = device;
    const { ramBlocks } = this.#snapshot;
    const own = typeOptions(type, device, { blocks: ramBlocks, ports: this.#ports(device) });
    if (place.bus !== 'pci' || config === undefined) return own;
    const slot = place.path.at(-1) ?? { slot: 0, fn: 0 };
    return {
      ...pciOptions(config, slot),
      ...(isBridge(config) && bridgeOptions(type, config, ++this.#chassis)),
      ...(virtio !== undefined && virtioPciOptions(config)),
      ...romOptions(ramBlocks, place.key, config),
      ...own,
    };
  }

  /** The ports of a controller for USB, which its description counts. */
  #ports({ section }: SavedDevice): number | undefined {
    const json = this.#snapshot.vmdescription?.json;
    const device = json && findDevice(json, section.idstr, section.instanceId);
    const ports = device?.fields?.filter(({ name }) => name === 'ports') ?? [];
    return ports.length === 0 ? undefined : ports.reduce((sum, { array_len = 1 }) => sum + array_len, 0);
  }

  /** Where the device goes, with an id where others will be behind it. Undefined where there is no such place. */
  #placeOptions(device: SavedDevice, type: string): Values | undefined {
    const { place } = device;
    switch (place.bus) {
      case 'pci':
        return this.#onPci(place, device);
      case 'usb':
        return this.#on(place.controller, place.at.join('.'), type, (bus) => ({
          bus: `${bus}.0`,
          port: place.at.join('.'),
        }));
      case 'scsi': {
        const [channel = 0, target = 0, lun = 0] = place.at;
        return this.#on(place.controller, place.at.join(':'), type, (bus) => ({
          bus: `${bus}.0`,
          channel,
          'scsi-id': target,
          lun,
        }));
      }
      case 'mmio': {
        const [, base = 0n, stride = 1n] = MMIO.find(([machine]) => machine.test(this.#machine)) ?? [];
        return { ...this.#named(place.key, type), bus: `virtio-mmio-bus.${(place.address - base) / stride}` };
      }
      case 'ccw':
        return { ...this.#named(place.key, type), devno: place.device };
      case 'none':
        return type.startsWith('hda-') ? this.#onSound(type) : {};
    }
  }

  #onPci(place: DevicePlace & { readonly bus: 'pci' }, { config, state }: SavedDevice): Values | undefined {
    const { path, key } = place;
    const [slot = { slot: 0, fn: 0 }] = path.slice(-1);
    const parent = path.length === 1 ? undefined : this.#buses.get(key.slice(0, key.lastIndexOf(':')));
    if (path.length > 1 && parent === undefined) {
      this.#builder.isByHand(`the bridge in front of ${key} is not known, so ${state} has no place`);
      return undefined;
    }
    const isParent = config !== undefined && (isBridge(config) || HAS_BUS.test(state));
    const id = isParent ? this.#newId(key, state) : undefined;
    return { ...(id && { id }), ...(parent && { bus: parent }), addr: addressOf(slot) };
  }

  /** A device on a controller. */
  #on(controller: string, at: string, type: string, options: (bus: string) => Values): Values | undefined {
    const bus = this.#buses.get(controller);
    if (bus === undefined) {
      this.#builder.isByHand(`the controller of ${controller}/${at} is not known, so ${type} has no place`);
      return undefined;
    }
    return options(bus);
  }

  /** Codecs have no place in their names: they are put to the first controller. */
  #onSound(type: string): Values | undefined {
    const [, bus] = [...this.#buses].find(([, id]) => id.startsWith('sound')) ?? [];
    if (bus === undefined) {
      this.#builder.isByHand(`${type} has no controller in the file`);
      return undefined;
    }
    return { bus: `${bus}.0` };
  }

  #named(key: string, type: string): Values {
    return type.startsWith('virtio-scsi') || type.startsWith('virtio-serial')
      ? { id: this.#newId(key, 'scsi') }
      : {};
  }

  #newId(key: string, state: string): string {
    const kind = HAS_BUS.exec(state)?.[0] ?? 'bridge';
    const name = KIND_NAMES[kind] ?? 'bus';
    const id = `${name}${this.#buses.size}`;
    this.#buses.set(key, id);
    return id;
  }
}

/** States of controllers on whose buses other devices are. */
const HAS_BUS = /xhci|ehci|uhci|ohci|scsi|megasas|mptsas|hda|console/;

const KIND_NAMES: Readonly<Record<string, string>> = {
  ...{ xhci: 'usb', ehci: 'usb', uhci: 'usb', ohci: 'usb', scsi: 'scsi', megasas: 'scsi', mptsas: 'scsi' },
  ...{ hda: 'sound', console: 'serial', bridge: 'pci-' },
};
