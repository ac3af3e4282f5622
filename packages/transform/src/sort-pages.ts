import { countSet, forEachRun, withLittleEndianWords } from '@mapped-ram/format';
import { checkPageSize, type FileScanner } from '@mapped-ram/multifd';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { type FilteredRuns, PageFilter } from '@mapped-ram/writer';

/**
 * Goes through the pages of a block that are in the file, and tells those that are all zeros (`dropped`) from the others
 * (`stored`), in any order.
 *
 * @param onSorted Called with the number of bytes of every piece that was looked at.
 * @throws MappedRamError `bad-page-size`, `read-failed`, `unexpected-end`.
 */
export type PageSorter = (
  snapshot: Snapshot,
  block: RamBlock,
  runs: FilteredRuns,
  onSorted: (lengthBytes: number) => void,
) => Promise<void>;

/** Looks at one page after another. */
export const sortPagesInTurn: PageSorter = async (snapshot, block, runs, onSorted) => {
  const filter = new PageFilter(block.pageSize, true, undefined);
  for await (const batch of snapshot.pages(block)) {
    for (const { firstPage, bytes } of batch) {
      filter.divide(firstPage, bytes, runs);
      onSorted(bytes.length);
    }
  }
};

/** Has channels look, which do not read holes. */
export function sortPagesWith(scanner: FileScanner): PageSorter {
  return async (snapshot, block, runs, onSorted) => {
    const { pagesOffset, pageSize } = block;
    for await (const chunk of snapshot.readBitmap(block)) {
      checkPageSize(block);
      const words = withLittleEndianWords(chunk.bytes, snapshot.wordOrder);
      const { firstPage: chunkFirst, pageCount: chunkPages } = chunk;
      const region = { pagesOffset, pageSize, firstPage: chunkFirst, pageCount: chunkPages };
      await scanner.scan(region, ({ firstPage, pageCount, bits }) => {
        const start = (firstPage - chunkFirst) / 8;
        const pick = (choose: (set: number, filled: number) => number, tell: FilteredRuns['stored']) => {
          const chosen = bits.map((filled, index) => choose(words[start + index] ?? 0, filled));
          forEachRun(chosen, 'le', 0, pageCount, (first, count) => tell(firstPage + first, count));
        };
        pick((set, filled) => set & filled, runs.stored);
        pick((set, filled) => set & ~filled, runs.dropped);
        onSorted(countSet(words.subarray(start, start + bits.length), pageCount, 'le') * pageSize);
      });
    }
  };
}
