import type { OpeningSection, Snapshot, StateNode } from '@mapped-ram/reader';

const COMMAND_OFFSET = 0x04;
const COMMAND_MEMORY = 0x02;
const FIRST_BAR_OFFSET = 0x10;
const BAR_IS_IO = 0x01;
const BAR_TYPE = 0x06;
const BAR_IS_64_BIT = 0x04;

/**
 * The configuration space of a PCI device, out of the state of the device.
 *
 * @param isDevice Tells the device's section by its name.
 * @returns undefined where there is none that is described.
 * @throws MappedRamError as `decodeDeviceState` does.
 */
export async function readPciConfig(
  snapshot: Snapshot,
  isDevice: (idstr: string) => boolean,
): Promise<Uint8Array | undefined> {
  const sections = snapshot.sections.filter(
    (section): section is OpeningSection => section.kind === 'full' && isDevice(section.idstr),
  );
  for (const section of sections) {
    const state = await snapshot.decodeDeviceState(section);
    const config = state && findConfig(state);
    if (config !== undefined) return config;
  }
  return undefined;
}

/** Where a device's memory BAR is; undefined where it answers to no address. */
export function memoryBarAddress(config: Uint8Array, index: number): bigint | undefined {
  const view = new DataView(config.buffer, config.byteOffset, config.length);
  if ((view.getUint16(COMMAND_OFFSET, true) & COMMAND_MEMORY) === 0) return undefined;
  const offset = FIRST_BAR_OFFSET + 4 * index;
  const low = view.getUint32(offset, true);
  if ((low & BAR_IS_IO) !== 0) return undefined;
  const high = (low & BAR_TYPE) === BAR_IS_64_BIT ? BigInt(view.getUint32(offset + 4, true)) << 32n : 0n;
  const address = high | BigInt((low & ~0xf) >>> 0);
  return address === 0n ? undefined : address;
}

function findConfig({ type, value, children = [] }: StateNode): Uint8Array | undefined {
  if (type === 'pci config' && value instanceof Uint8Array) return value;
  for (const child of children) {
    const config = findConfig(child);
    if (config !== undefined) return config;
  }
  return undefined;
}
