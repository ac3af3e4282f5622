import { anySet, countSet, countTailBits, forEachRun } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';

/** What one pass over a block's bitmap tells. */
export interface BitmapFacts {
  /** Bits set for pages that exist. */
  readonly setPages: number;
  /** Bits set at or past the block's page count, in the last word's tail. */
  readonly tailBits: number;
  /** The same, were the bitmap's words of the other byte order. */
  readonly tailBitsSwapped: number;
  /** First and last page whose bit is set; absent where none is. */
  readonly firstSetPage?: number;
  readonly lastSetPage?: number;
}

/** Pages whose runs are walked at once to find the first and the last one. */
const STEP_PAGES = 64 * 1024;

/**
 * Reads a block's bitmap from end to end.
 *
 * @throws MappedRamError as `Snapshot.readBitmap` does.
 */
export async function gatherBitmapFacts(snapshot: Snapshot, block: RamBlock): Promise<BitmapFacts> {
  const order = snapshot.wordOrder;
  let setPages = 0;
  let tailBits = 0;
  let tailBitsSwapped = 0;
  let firstSetPage: number | undefined;
  let lastSetPage: number | undefined;
  for await (const { firstPage, pageCount, bytes, isHole } of snapshot.readBitmap(block)) {
    if (isHole) continue;
    const count = countSet(bytes, pageCount, order);
    setPages += count;
    tailBits += countTailBits(bytes, pageCount, order);
    tailBitsSwapped += countTailBits(bytes, pageCount, order === 'le' ? 'be' : 'le');
    if (count === 0) continue;
    for (let from = 0; firstSetPage === undefined && from < pageCount; from += STEP_PAGES) {
      const to = Math.min(from + STEP_PAGES, pageCount);
      forEachRun(bytes, order, from, to, (first) => {
        firstSetPage ??= firstPage + first;
      });
    }
    lastSetPage = firstPage + lastIn(bytes, pageCount, order);
  }
  return {
    setPages,
    tailBits,
    tailBitsSwapped,
    ...(firstSetPage !== undefined && { firstSetPage }),
    ...(lastSetPage !== undefined && { lastSetPage }),
  };
}

/** The last set bit of a piece that has one, looked for from the back. */
function lastIn(bytes: Uint8Array, pageCount: number, order: Snapshot['wordOrder']): number {
  let last = -1;
  for (let to = pageCount; last < 0; ) {
    // Pieces start at whole words, so that the part before `from` can be left out.
    const from = Math.max(0, Math.floor((to - STEP_PAGES) / 64) * 64);
    const part = bytes.subarray(from / 8);
    if (anySet(part, to - from, order)) {
      forEachRun(part, order, 0, to - from, (first, count) => {
        last = from + first + count - 1;
      });
    }
    to = from;
  }
  return last;
}
