import { countSet, type WordOrder } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';

/** How many pages are set in each of some equal parts of a block. */
export interface Density {
  /** Set pages by part. */
  readonly setPages: Uint32Array;
  /** The share of each part's pages that are set, 0 to 1. */
  readonly shares: Float64Array;
}

/**
 * Counts a block's set pages in parts, with one pass over its bitmap.
 *
 * @param parts How many, at most: a block has no more parts than pages. None for an ignored block.
 * @throws MappedRamError `offset-outside-file`, `read-failed`.
 */
export async function measureDensity(snapshot: Snapshot, block: RamBlock, parts: number): Promise<Density> {
  const count = block.ignored ? 0 : Math.min(parts, block.pageCount);
  const setPages = new Uint32Array(count);
  const startOf = (part: number) => Math.floor((part * block.pageCount) / count);
  let part = 0;
  for await (const { firstPage, pageCount, bytes } of count === 0 ? [] : snapshot.readBitmap(block)) {
    const end = firstPage + pageCount;
    while (part < count) {
      const from = Math.max(startOf(part), firstPage) - firstPage;
      const to = Math.min(startOf(part + 1), end) - firstPage;
      setPages[part] = (setPages[part] ?? 0) + countBetween(bytes, from, to, snapshot.wordOrder);
      // The part goes on in the next piece of the bitmap.
      if (startOf(part + 1) > end) break;
      part++;
    }
  }
  const shares = Float64Array.from(setPages, (set, index) => set / (startOf(index + 1) - startOf(index)));
  return { setPages, shares };
}

/** Set bits in `[from, to)`. */
function countBetween(bitmap: Uint8Array, from: number, to: number, order: WordOrder): number {
  const firstWord = Math.floor(from / 64);
  const words = bitmap.subarray(firstWord * 8);
  return countSet(words, to - firstWord * 64, order) - countSet(words, from - firstWord * 64, order);
}
