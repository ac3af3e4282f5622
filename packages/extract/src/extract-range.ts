import { clipRange, endOf, type PhysicalRange } from '@mapped-ram/facts';
import { checkInSnapshot } from './extract-block.js';
import { mapOf, type PhysicalOptions } from './read-map.js';
import { type OutputReport, withSnapshot, writeOutput } from './write-output.js';

/** Guest-physical addresses. */
export interface AddressRange {
  readonly address: bigint;
  readonly lengthBytes: number;
}

/** What a range became. */
export interface RangeReport extends OutputReport {
  /** The parts of the range that are memory. */
  readonly ranges: readonly PhysicalRange[];
  /** What was taken to be so when the map was derived. */
  readonly assumptions: readonly string[];
}

/**
 * Writes what a guest has at guest-physical addresses into a file. Where there is no memory, and where pages are zero,
 * there are holes.
 *
 * @throws MappedRamError `unsupported` where the machine's map is not known; what `withSnapshot` and `writeOutput` throw.
 * @throws RangeError where nothing of the range is memory, or the given map does not fit the snapshot.
 */
export function extractRange(
  path: string,
  range: AddressRange,
  output: string,
  options: PhysicalOptions = {},
): Promise<RangeReport> {
  return withSnapshot(path, options, async (snapshot) => {
    const { ranges: all, assumptions } = await mapOf(snapshot, options);
    const ranges = all.flatMap((one) => clipRange(one, range.address, endOf(range)) ?? []);
    if (ranges.length === 0) {
      const last = range.address + BigInt(range.lengthBytes) - 1n;
      throw new RangeError(
        `there is no memory from 0x${range.address.toString(16)} to 0x${last.toString(16)}`,
      );
    }
    const pieces = ranges.map(({ address, block, ...place }) => {
      checkInSnapshot(block);
      return { ...place, block, targetOffset: Number(address - range.address) };
    });
    const plan = { sizeBytes: range.lengthBytes, pieces };
    const report = await writeOutput(snapshot, { source: path, output }, plan, options);
    return { ...report, ranges, assumptions };
  });
}
