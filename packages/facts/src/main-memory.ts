import type { RamBlock } from '@mapped-ram/reader';
import { findMainRam, findMemoryBackends, isNumaNode, objectIdOf } from './blocks/memory-backends.js';
import type { Layer } from './physical-map.js';

/** A machine's memory: what is there when it starts, in the order of its addresses, and what is plugged in. */
export interface MachineMemory {
  readonly base: readonly RamBlock[];
  readonly dimms: readonly RamBlock[];
  readonly assumptions: readonly string[];
}

/** Tells main RAM, the memory of NUMA nodes and DIMMs apart by their names. */
export function findMachineMemory(blocks: readonly RamBlock[], machine: string | undefined): MachineMemory {
  const backends = findMemoryBackends(blocks, machine);
  const main = findMainRam(backends);
  const inOrder = (some: readonly RamBlock[]) => [...some].sort(byId);
  if (main !== undefined) return withDimms([main], inOrder(backends.filter((block) => block !== main)));
  const nodes = inOrder(backends.filter(isNumaNode));
  if (nodes.length > 0) return withDimms(nodes, inOrder(backends.filter((block) => !nodes.includes(block))));
  const base = inOrder(backends);
  return { base, dimms: [], assumptions: base.length > 1 ? [`NUMA nodes in the order ${names(base)}`] : [] };
}

function withDimms(base: readonly RamBlock[], dimms: readonly RamBlock[]): MachineMemory {
  if (dimms.length === 0) return { base, dimms, assumptions: [] };
  return { base, dimms, assumptions: [`DIMMs one behind the other, in the order ${names(dimms)}`] };
}

/** Bytes of blocks together. */
export function totalLength(blocks: readonly RamBlock[]): number {
  return blocks.reduce((sum, { usedLength }) => sum + usedLength, 0);
}

/**
 * Places a stretch of memory that consists of blocks one behind the other.
 *
 * @param from Where the stretch begins, in bytes from the start of the first block.
 */
export function placeBlocks(
  blocks: readonly RamBlock[],
  from: number,
  lengthBytes: number,
  address: bigint,
): Layer[] {
  const layers: Layer[] = [];
  let start = 0;
  for (const block of blocks) {
    const end = start + block.usedLength;
    const [first, last] = [Math.max(start, from), Math.min(end, from + lengthBytes)];
    if (first < last) {
      const at = { address: address + BigInt(first - from), lengthBytes: last - first };
      layers.push({ ...at, block, blockOffset: first - start });
    }
    start = end;
  }
  return layers;
}

/** Places DIMMs from an address on, as QEMU does where the user gives no address (hw/mem/memory-device.c). */
export function placeDimms(dimms: readonly RamBlock[], address: bigint, alignment: bigint): Layer[] {
  let next = address;
  return dimms.map((block) => {
    const at = roundUp(next, alignment);
    next = at + BigInt(block.usedLength);
    return { address: at, lengthBytes: block.usedLength, block, blockOffset: 0 };
  });
}

/** The next multiple of an alignment. */
export function roundUp(value: bigint, alignment: bigint): bigint {
  return ((value + alignment - 1n) / alignment) * alignment;
}

function byId(a: RamBlock, b: RamBlock): number {
  return (objectIdOf(a) ?? '').localeCompare(objectIdOf(b) ?? '', 'en', { numeric: true });
}

function names(blocks: readonly RamBlock[]): string {
  return blocks.map(({ idstr }) => idstr).join(', ');
}
