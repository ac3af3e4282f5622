import { formatOptions } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { MachineRecord } from '../record/machine-record.js';
import type { CommandBuilder } from './machine-command.js';
import { addBackend, isPlugged } from './memory-options.js';
import type { SavedDevice } from './saved-devices.js';

const MEBIBYTE = 2 ** 20;
const SECTOR_BYTES = 512;

/** What devices need of the host: placeholders that start, in place of the disks and networks that nobody wrote into the file. */
export class DeviceBackends {
  readonly #builder: CommandBuilder;
  readonly #blocks: readonly RamBlock[];
  /** As many networks as the file has states of QEMU's own user network. */
  #userNetworks: number;
  #disks = 0;
  #networks = 0;
  #hasAudio = false;
  #others = 0;

  constructor(builder: CommandBuilder, { ramBlocks, sections }: Snapshot, record?: MachineRecord) {
    for (const { device, file, format = 'raw', sizeBytes } of record?.disks ?? []) {
      if (file === undefined) continue;
      const length = sizeBytes === undefined ? '' : `, ${sizeBytes} bytes`;
      builder.isUnknown(`whether the disk is as it was: ${device} had ${file} (${format}${length})`);
    }
    this.#builder = builder;
    this.#blocks = ramBlocks;
    this.#userNetworks = sections.filter((one) => one.kind === 'full' && one.idstr === 'slirp').length;
  }

  /** Options of a device that name what it needs. */
  optionsFor(type: string, device: SavedDevice): Record<string, string> {
    if (/^(virtio-blk|scsi-|usb-storage|usb-bot)/.test(type)) return { drive: this.#disk(device) };
    if (isNetworkCard(type, device)) return { netdev: this.#network() };
    if (/^virtio-(mem|pmem)/.test(type)) return this.#memory(device);
    if (/^(AC97|ES1370|sb16|hda-|virtio-sound|usb-audio|adlib|gus|cs4231a)/.test(type))
      return { audiodev: this.#audio() };
    if (/^(isa-serial|isa-parallel|pci-serial$)/.test(type)) return { chardev: this.#character() };
    if (type.startsWith('virtio-9p')) return this.#folder();
    if (type.startsWith('virtio-crypto'))
      return { cryptodev: this.#object('cryptodev-backend-builtin', 'crypto') };
    return {};
  }

  #disk({ virtio, state }: SavedDevice): string {
    const name = `disk${this.#disks++}`;
    const size = (state === 'virtio-blk' && capacityOf(virtio?.config)) || MEBIBYTE;
    this.#builder.add(
      '-blockdev',
      formatOptions('null-co', { 'node-name': name, size, 'read-zeroes': 'on' }),
      `a disk of ${size} bytes`,
    );
    return name;
  }

  #network(): string {
    const id = `net${this.#networks++}`;
    const isUser = this.#userNetworks-- > 0;
    const value = isUser
      ? formatOptions('user', { id, restrict: 'on' })
      : formatOptions('hubport', { id, hubid: this.#networks });
    this.#builder.add(
      '-netdev',
      value,
      isUser ? 'QEMU’s user network, without a way out' : 'a network that leads nowhere',
    );
    return id;
  }

  #memory({ place }: SavedDevice): Record<string, string> {
    const key = place.bus === 'pci' ? place.key : undefined;
    const block = this.#blocks.find((one) => isPlugged(one) && one.idstr.startsWith(`${key}/`));
    const id = block && addBackend(this.#builder, block, block.idstr.slice(block.idstr.indexOf('/') + 1));
    return id === undefined ? {} : { memdev: id };
  }

  #audio(): string {
    if (!this.#hasAudio)
      this.#builder.add('-audiodev', formatOptions('none', { id: 'audio0' }), 'sound that nobody hears');
    this.#hasAudio = true;
    return 'audio0';
  }

  #character(): string {
    const id = `char${this.#others++}`;
    this.#builder.add('-chardev', formatOptions('null', { id }), 'a terminal that nobody sees');
    return id;
  }

  #folder(): Record<string, string> {
    const id = `share${this.#others++}`;
    this.#builder.add('-fsdev', formatOptions('synth', { id }), 'a shared folder');
    return { fsdev: id, mount_tag: id };
  }

  #object(type: string, name: string): string {
    const id = `${name}${this.#others++}`;
    this.#builder.add('-object', formatOptions(type, { id }));
    return id;
  }
}

/** By its class on PCI, else by its name. */
function isNetworkCard(type: string, { config }: SavedDevice): boolean {
  return config?.[11] === 0x02 || /^(virtio-net|ne2k_isa|usb-net)/.test(type);
}

/** Sectors, le64: the first of what a driver sees (linux: `virtio_blk_config`). Zero where no driver has looked. */
function capacityOf(config: Uint8Array | undefined): number | undefined {
  if (config === undefined || config.length < 8) return undefined;
  const sectors = new DataView(config.buffer, config.byteOffset, 8).getBigUint64(0, true);
  const bytes = Number(sectors) * SECTOR_BYTES;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
