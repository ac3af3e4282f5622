import { type NonzeroPageFinder, scanBlock } from '@mapped-ram/facts';
import { complement, countSet, forEachRun, keepCommon } from '@mapped-ram/format';
import { checkPageSize } from '@mapped-ram/multifd';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { FilteredRuns } from '@mapped-ram/writer';

/**
 * Goes through the pages of a block that are in the file, and tells those that are all zeros (`dropped`) from the others
 * (`stored`), in any order.
 *
 * @param onSorted Called with the number of bytes of every piece that was looked at.
 * @throws MappedRamError `bad-page-size`, `read-failed`, `short-read`, `unexpected-end`.
 */
export async function sortPages(
  snapshot: Snapshot,
  block: RamBlock,
  scanner: NonzeroPageFinder,
  runs: FilteredRuns,
  onSorted: (lengthBytes: number) => void,
): Promise<void> {
  if (block.ignored || block.pageCount === 0) return;
  checkPageSize(block);
  await scanBlock(snapshot, block, scanner, 'marked', ({ firstPage, pageCount, marked, filled }) => {
    const words = new Uint8Array(Math.ceil(pageCount / 64) * 8);
    const tellRuns = (chosen: Uint8Array, tell: FilteredRuns['stored']) =>
      forEachRun(chosen, 'le', 0, pageCount, (first, count) => tell(firstPage + first, count));
    words.set(filled);
    tellRuns(words, runs.stored);
    const dropped = complement(words);
    keepCommon(dropped, marked);
    tellRuns(dropped, runs.dropped);
    words.set(marked);
    onSorted(countSet(words, pageCount, 'le') * block.pageSize);
  });
}
