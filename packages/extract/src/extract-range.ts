import { clipRange, endOf, type PhysicalMap, type PhysicalRange } from '@mapped-ram/facts';
import type { Snapshot } from '@mapped-ram/reader';
import type { AddressRange } from './address-range.js';
import { checkRangeArguments } from './check-extract-options.js';
import { checkMemoryWhole } from './check-memory-whole.js';
import type { RangeOptions } from './extract-options.js';
import { translateRange } from './paging/virtual-ranges.js';
import { mapOf } from './read-map.js';
import { type OutputReport, type SnapshotInput, withSnapshot, writeOutput } from './write-output.js';

/** What a range became. */
export interface RangeReport extends OutputReport {
  /** The parts of the range that are memory. */
  readonly ranges: readonly PhysicalRange[];
  /** What was taken to be so when the map was derived. */
  readonly assumptions: readonly string[];
}

/**
 * Writes what a guest has at guest-physical addresses, or at virtual ones, into a file. Where there is no memory, and where pages are zero,
 * there are holes.
 *
 * @throws MappedRamError `unsupported` where the machine's map is not known; as `checkMemoryWhole`; what `withSnapshot` and `writeOutput` throw.
 * @throws RangeError where nothing of the range is memory, or the given map does not fit the snapshot; TypeError, RangeError for an argument that is none.
 */
export async function extractRange(
  input: SnapshotInput,
  range: AddressRange,
  output: string,
  options: RangeOptions = {},
): Promise<RangeReport> {
  checkRangeArguments(range, output, options);
  return withSnapshot(input, options, async (snapshot, place) => {
    const map = await mapOf(snapshot, options);
    // Page tables that are lost would lead nowhere.
    if (options.virtual !== undefined) await checkMemoryWhole(snapshot, place, blocksOf(map.ranges), options);
    const parts = await partsOf(snapshot, map, range, options);
    const ranges = parts.map((part) => part.range);
    if (ranges.length === 0) {
      const last = range.address + BigInt(range.lengthBytes) - 1n;
      throw new RangeError(
        `there is no memory from 0x${range.address.toString(16)} to 0x${last.toString(16)}`,
      );
    }
    if (options.virtual === undefined) await checkMemoryWhole(snapshot, place, blocksOf(ranges), options);
    const pieces = parts.map(({ at, range: { block, blockOffset, lengthBytes } }) => {
      return { block, blockOffset, lengthBytes, targetOffset: Number(at - range.address) };
    });
    const plan = { sizeBytes: range.lengthBytes, pieces };
    const report = await writeOutput(snapshot, { ...place, output }, plan, options);
    return { ...report, ranges, assumptions: map.assumptions };
  });
}

const blocksOf = (ranges: readonly PhysicalRange[]) => ranges.map(({ block }) => block);

/** The memory of a range, and at which of its addresses it is. */
async function partsOf(
  snapshot: Snapshot,
  map: PhysicalMap,
  wanted: AddressRange,
  { virtual }: RangeOptions,
): Promise<{ readonly at: bigint; readonly range: PhysicalRange }[]> {
  if (virtual !== undefined) {
    const { ranges } = await translateRange(snapshot, map, wanted, virtual.cpu);
    return ranges.map(({ virtualAddress, range }) => ({ at: virtualAddress, range }));
  }
  return map.ranges.flatMap((one) => {
    const range = clipRange(one, wanted.address, endOf(wanted));
    return range === undefined ? [] : [{ at: range.address, range }];
  });
}
