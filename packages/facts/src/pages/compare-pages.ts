import { hasSameBits, isClear } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { NonzeroPageFinder } from './nonzero-page-finder.js';
import { type ComparedPages, type PageSelection, scanBlock } from './scan-block.js';

/** How a block's bitmap and the contents of its pages differ. */
export interface PageFacts {
  /** Pages whose bit is set though every byte is zero; 0 where marked pages were not looked at. */
  readonly storedZeroPages: number;
  readonly firstStoredZeroPage?: number;
  /** Pages whose bit is clear though bytes are not zero: left from an earlier round of a live save, or lost. */
  readonly unmarkedPages: number;
  readonly firstUnmarkedPage?: number;
}

/** How to compare. */
export interface CompareOptions {
  /** `unmarked`: only pages whose bit is clear are looked at. `all` if not given. */
  readonly selection?: Exclude<PageSelection, 'marked'>;
  /** Is told how many pages are done, again and again. */
  readonly onPages?: ((pageCount: number) => void) | undefined;
}

/**
 * Compares a block's bitmap with what its pages hold.
 *
 * @throws MappedRamError as {@link scanBlock} does.
 */
export async function comparePages(
  snapshot: Snapshot,
  block: RamBlock,
  scanner: NonzeroPageFinder,
  { selection = 'all', onPages }: CompareOptions = {},
): Promise<PageFacts> {
  const tally = new Tally(selection === 'all');
  await scanBlock(snapshot, block, scanner, selection, (pages) => {
    tally.add(pages);
    onPages?.(pages.pageCount);
  });
  return tally.facts();
}

/** Counts the pages on which the bitmap and the contents differ. */
class Tally {
  readonly #countsZeros: boolean;
  #storedZeroPages = 0;
  #unmarkedPages = 0;
  #firstStoredZeroPage: number | undefined;
  #firstUnmarkedPage: number | undefined;

  constructor(countsZeros: boolean) {
    this.#countsZeros = countsZeros;
  }

  add({ firstPage, marked, filled }: ComparedPages): void {
    if (hasSameBits(marked, filled)) return;
    if (!this.#countsZeros && isClear(filled)) return;
    for (let byte = 0; byte < marked.length; byte++) {
      const set = marked[byte] ?? 0;
      const holds = filled[byte] ?? 0;
      if (set === holds) continue;
      const zero = this.#countsZeros ? set & ~holds : 0;
      const unmarked = holds & ~set;
      if (zero !== 0) {
        this.#storedZeroPages += bitsIn(zero);
        const first = firstPage + byte * 8 + lowestBit(zero);
        this.#firstStoredZeroPage = Math.min(this.#firstStoredZeroPage ?? Infinity, first);
      }
      if (unmarked !== 0) {
        this.#unmarkedPages += bitsIn(unmarked);
        const first = firstPage + byte * 8 + lowestBit(unmarked);
        this.#firstUnmarkedPage = Math.min(this.#firstUnmarkedPage ?? Infinity, first);
      }
    }
  }

  facts(): PageFacts {
    return {
      storedZeroPages: this.#storedZeroPages,
      ...(this.#firstStoredZeroPage !== undefined && { firstStoredZeroPage: this.#firstStoredZeroPage }),
      unmarkedPages: this.#unmarkedPages,
      ...(this.#firstUnmarkedPage !== undefined && { firstUnmarkedPage: this.#firstUnmarkedPage }),
    };
  }
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

function bitsIn(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
