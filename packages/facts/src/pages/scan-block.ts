import { clearRange, complement, isPageSize, withLittleEndianWords } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { NonzeroPageFinder } from './nonzero-page-finder.js';

/** Which pages of a block to look at: all of them, those whose bit is set, or those whose bit is clear. */
export type PageSelection = 'all' | 'marked' | 'unmarked';

/** Pages with what the bitmap says of them and what is in them, a bit a page. The views are valid during the call. */
export interface ComparedPages {
  /** A multiple of 8. */
  readonly firstPage: number;
  readonly pageCount: number;
  /** Pages whose bit is set. Bits past the last page are clear. */
  readonly marked: Uint8Array;
  /** Pages that were looked at and are not all zeros. */
  readonly filled: Uint8Array;
}

/** Whether the pages of this size can be scanned at all. */
export function isScannable({ pageSize, ignored }: RamBlock): boolean {
  return !ignored && isPageSize(pageSize);
}

/**
 * Holds what a block's bitmap says against what its pages hold, in pieces. Holes are not read where they are known.
 *
 * @param onCompared Called for every page, some at a time, in any order; not where bitmap and pages are holes.
 * @throws MappedRamError `offset-outside-file`, and what the scanner throws.
 */
export async function scanBlock(
  snapshot: Snapshot,
  block: RamBlock,
  scanner: NonzeroPageFinder,
  selection: PageSelection,
  onCompared: (pages: ComparedPages) => void,
): Promise<void> {
  const { pagesOffset, pageSize } = block;
  for await (const { firstPage, pageCount, bytes, isHole } of snapshot.readBitmap(block)) {
    // A bitmap of nothing over nothing: there may be terabytes of it in a small file.
    if (isHole && !snapshot.mayHoldData(block, firstPage, pageCount)) continue;
    const words = withLittleEndianWords(bytes, snapshot.wordOrder);
    const wanted = selection === 'all' ? undefined : selection === 'marked' ? words : complement(words);
    await scanner.scan({ pagesOffset, pageSize, firstPage, pageCount, wanted }, (scanned) => {
      const start = (scanned.firstPage - firstPage) / 8;
      const lengthBytes = Math.ceil(scanned.pageCount / 8);
      const marked = words.slice(start, start + lengthBytes);
      clearRange(marked, scanned.pageCount, marked.length * 8);
      onCompared({
        firstPage: scanned.firstPage,
        pageCount: scanned.pageCount,
        marked,
        filled: scanned.bits.subarray(0, lengthBytes),
      });
    });
  }
}
