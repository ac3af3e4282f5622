import type { RamBlock } from '@mapped-ram/reader';
import { capabilitiesOf } from '../compare/pci-config.js';
import type { PciSlot } from './device-place.js';

const EXPRESS = 0x10;
const MSIX = 0x11;
const SLOT_ID = 0x04;
const VENDOR_SPECIFIC = 0x09;

const HEADER_TYPE = 0x0e;
const MULTIFUNCTION = 0x80;
const BRIDGE = 1;

/** The first identification of virtio devices that speak the modern way only. */
const VIRTIO_MODERN_ONLY = 0x1040;

/** Classes of cards that come with a ROM. */
const NETWORK = 0x02;
const DISPLAY = 0x03;

/** `addr=4`, `addr=1.2`: numbers are hexadecimal. */
export function addressOf({ slot, fn }: PciSlot): string {
  return fn === 0 ? slot.toString(16) : `${slot.toString(16)}.${fn}`;
}

/** Whether other devices can be behind this one. */
export function isBridge(config: Uint8Array): boolean {
  return ((config[HEADER_TYPE] ?? 0) & 0x7f) === BRIDGE;
}

/** What the configuration space of any device tells of its options. */
export function pciOptions(config: Uint8Array, { fn }: PciSlot): Record<string, string | number> {
  const isMulti = fn === 0 && ((config[HEADER_TYPE] ?? 0) & MULTIFUNCTION) !== 0;
  return isMulti ? { multifunction: 'on' } : {};
}

/**
 * Options of a bridge: a number of its own, which another bridge may not have, and what the destination compares of a port.
 *
 * @param chassis not used so far; the file tells it of conventional bridges only
 */
export function bridgeOptions(
  type: string,
  config: Uint8Array,
  chassis: number,
): Record<string, string | number> {
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  const capability = (id: number) => capabilitiesOf(config).find((one) => one.id === id)?.at;
  if (type.startsWith('pci-bridge')) {
    const at = capability(SLOT_ID);
    return {
      chassis_nr: at === undefined ? chassis : view.getUint8(at + 3) || chassis,
      shpc: at === undefined ? 'off' : 'on',
    };
  }
  const at = capability(EXPRESS);
  if (at === undefined || at + 0x18 > config.length || !/root-port|ioh3420|downstream/.test(type)) return {};
  const port = view.getUint32(at + 0x0c, true) >>> 24;
  const slot = view.getUint32(at + 0x14, true) >>> 19;
  return { port, chassis, slot };
}

/** How a virtio device speaks, and how many interrupt vectors it has. */
export function virtioPciOptions(config: Uint8Array): Record<string, string | number> {
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  const isModernOnly = view.getUint16(2, true) >= VIRTIO_MODERN_ONLY;
  const isModern = capabilitiesOf(config).some(({ id }) => id === VENDOR_SPECIFIC);
  const msix = capabilitiesOf(config).find(({ id }) => id === MSIX)?.at;
  const vectors = msix === undefined ? 0 : (view.getUint16(msix + 2, true) & 0x7ff) + 1;
  return {
    'disable-legacy': isModernOnly ? 'on' : 'off',
    ...(!isModern && { 'disable-modern': 'on' }),
    vectors,
  };
}

/**
 * The ROM of a card: as long as it was saved, or none.
 *
 * @param blocks the blocks of the file
 * @param key the device's place, as blocks and sections have it
 */
export function romOptions(
  blocks: readonly RamBlock[],
  key: string,
  config: Uint8Array,
): Record<string, string | number> {
  const rom = blocks.find(({ idstr }) => idstr.startsWith(`${key}/`) && idstr.endsWith('.rom'));
  const kind = config[11];
  if (rom !== undefined) return { romsize: rom.usedLength };
  return kind === NETWORK || kind === DISPLAY ? { romfile: '' } : {};
}
