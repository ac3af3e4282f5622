import type { OpeningSection, RamBlock, Snapshot, StateNode } from '@mapped-ram/reader';
import type { Layer } from './physical-map.js';

const SECTION_ENDING = '/virtio-mem-device-early';
const BITS_IN_WORD = 64;

/**
 * The memory that virtio-mem devices have given to the guest: address, unit and a bitmap of the units in use are in the
 * device's early state (QEMU 9.0 to 11.1: hw/virtio/virtio-mem.c, `vmstate_virtio_mem_device_early`).
 *
 * @throws MappedRamError as `decodeDeviceState` does.
 */
export async function virtioMemLayers(snapshot: Snapshot): Promise<Layer[]> {
  const layers: Layer[] = [];
  for (const section of snapshot.sections) {
    if (section.kind !== 'full' || !section.idstr.endsWith(SECTION_ENDING)) continue;
    layers.push(...(await layersOf(snapshot, section)));
  }
  return layers;
}

async function layersOf(snapshot: Snapshot, section: OpeningSection): Promise<Layer[]> {
  const path = section.idstr.slice(0, -SECTION_ENDING.length);
  const block = snapshot.ramBlocks.find(({ idstr }) => idstr.startsWith(`${path}/`));
  const state = await snapshot.decodeDeviceState(section);
  return block === undefined || state === undefined ? [] : pluggedLayers(block, state);
}

/** A layer for each unit of a block that is in use. */
export function pluggedLayers(block: RamBlock, state: StateNode): Layer[] {
  const address = findValue(state, 'addr');
  const unit = findValue(state, 'block_size');
  const bitmap = findValue(state, 'bitmap');
  if (typeof address !== 'bigint' || typeof unit !== 'bigint' || !(bitmap instanceof Uint8Array)) return [];
  const words = new DataView(bitmap.buffer, bitmap.byteOffset, bitmap.length);
  const layers: Layer[] = [];
  for (let index = 0; index < bitmap.length * 8; index++) {
    const word = words.getBigUint64((index - (index % BITS_IN_WORD)) / 8);
    if (((word >> BigInt(index % BITS_IN_WORD)) & 1n) === 0n) continue;
    const blockOffset = index * Number(unit);
    const lengthBytes = Math.min(Number(unit), block.usedLength - blockOffset);
    if (lengthBytes > 0)
      layers.push({ address: address + BigInt(blockOffset), lengthBytes, block, blockOffset });
  }
  return layers;
}

function findValue({ name, value, children = [] }: StateNode, wanted: string): StateNode['value'] {
  if (name === wanted) return value;
  for (const child of children) {
    const found = findValue(child, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
