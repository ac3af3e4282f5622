import type { RamBlock } from '@mapped-ram/reader';

/** A stretch of guest-physical addresses behind which a stretch of a block lies. */
export interface PhysicalRange {
  readonly address: bigint;
  readonly lengthBytes: number;
  readonly block: RamBlock;
  /** Where in the block it begins, in bytes. */
  readonly blockOffset: number;
}

/** Which memory a guest sees at which guest-physical address. */
export interface PhysicalMap {
  /** Ascending; none reaches into another, and neighbours that go on in the same block are one. */
  readonly ranges: readonly PhysicalRange[];
  /** What the file does not tell and was taken to be so, in sentences for people. */
  readonly assumptions: readonly string[];
}

/** Memory, or nothing where `block` is absent, that hides what was there before. */
export type Layer = Omit<PhysicalRange, 'block' | 'blockOffset'> &
  Partial<Pick<PhysicalRange, 'block' | 'blockOffset'>>;

/** Puts layers over one another, the last on top, as QEMU does with memory regions by their priorities. */
export function stackLayers(layers: readonly Layer[]): PhysicalRange[] {
  let ranges: PhysicalRange[] = [];
  for (const layer of layers) {
    if (layer.lengthBytes === 0) continue;
    ranges = ranges.flatMap((range) => remainders(range, layer));
    const { block, blockOffset = 0 } = layer;
    if (block !== undefined) ranges.push({ ...layer, block, blockOffset });
  }
  ranges.sort((a, b) => (a.address < b.address ? -1 : 1));
  return joinNeighbours(ranges);
}

/** The address after the last one of a range. */
export function endOf({ address, lengthBytes }: Pick<PhysicalRange, 'address' | 'lengthBytes'>): bigint {
  return address + BigInt(lengthBytes);
}

/** What of a range a layer does not cover. */
function remainders(range: PhysicalRange, layer: Layer): PhysicalRange[] {
  const [start, end] = [range.address, endOf(range)];
  if (endOf(layer) <= start || layer.address >= end) return [range];
  const parts: PhysicalRange[] = [];
  if (layer.address > start) parts.push(partOf(range, start, layer.address));
  if (endOf(layer) < end) parts.push(partOf(range, endOf(layer), end));
  return parts;
}

/** The part of a range between two addresses in it. */
export function partOf(range: PhysicalRange, from: bigint, to: bigint): PhysicalRange {
  const blockOffset = range.blockOffset + Number(from - range.address);
  return { ...range, address: from, lengthBytes: Number(to - from), blockOffset };
}

/** What of a range lies between two addresses; undefined where nothing does. */
export function clipRange(range: PhysicalRange, from: bigint, to: bigint): PhysicalRange | undefined {
  let [start, end] = [range.address, endOf(range)];
  if (from > start) start = from;
  if (to < end) end = to;
  return start < end ? partOf(range, start, end) : undefined;
}

function joinNeighbours(ranges: readonly PhysicalRange[]): PhysicalRange[] {
  const joined: PhysicalRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    const goesOn =
      last !== undefined &&
      last.block === range.block &&
      endOf(last) === range.address &&
      last.blockOffset + last.lengthBytes === range.blockOffset;
    if (goesOn) joined[joined.length - 1] = { ...last, lengthBytes: last.lengthBytes + range.lengthBytes };
    else joined.push(range);
  }
  return joined;
}
