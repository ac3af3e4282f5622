import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { measureDensity } from './density.js';

/** How fine a map is. */
export interface MapScale {
  /** Parts side by side in a row. */
  readonly partsInRow: number;
  /** A block has another row when there are more pages for each part than this. */
  readonly pagesForPart: number;
}

/** A row of a block's map. */
export interface MapRow {
  /** Where in the block's memory it starts. */
  readonly byteOffset: number;
  /** The share of each part's pages that are set, 0 to 1. Fewer parts than asked for where there are fewer pages. */
  readonly shares: Float64Array;
}

/** A block's map. */
export interface BlockMap {
  readonly setPages: number;
  /** One, or a power of two so that the offsets are round; empty rows for an ignored block. */
  readonly rows: readonly MapRow[];
}

const MAX_ROWS = 16;

/**
 * Divides a block's memory in rows and these in parts, and counts its set pages.
 *
 * @throws MappedRamError as `measureDensity` does.
 */
export async function mapBlock(
  snapshot: Snapshot,
  block: RamBlock,
  { partsInRow, pagesForPart }: MapScale,
): Promise<BlockMap> {
  let count = 1;
  while (count < MAX_ROWS && block.pageCount > count * partsInRow * pagesForPart) count *= 2;
  const { shares, setPages } = await measureDensity(snapshot, block, count * partsInRow);
  return {
    setPages: setPages.reduce((sum, pages) => sum + pages, 0),
    rows: Array.from({ length: count }, (_, row) => ({
      byteOffset: Math.floor((row * block.usedLength) / count),
      shares: shares.subarray((row * shares.length) / count, ((row + 1) * shares.length) / count),
    })),
  };
}
