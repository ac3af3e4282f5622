import type { ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';
import { storedBlocks } from '../blocks/guest-memory.js';
import { destinationPageSize } from '../blocks/page-size.js';
import { separateBlocks } from '../blocks/separate-blocks.js';
import { comparePages } from '../pages/compare-pages.js';
import type { NonzeroPageFinder } from '../pages/nonzero-page-finder.js';
import { SourcePageFinder } from '../pages/source-page-finder.js';
import { findSaveManner, type SaveManner } from './save-manner.js';
import { meaningOfUnmarked, type UnmarkedMeaning } from './unmarked-pages.js';

/** Pages of a block that hold data though their bits are clear. */
export interface UnmarkedPages {
  readonly block: RamBlock;
  readonly pageCount: number;
  /** The first of them. */
  readonly firstPage: number;
  /** Whether no bit of the block is set. */
  readonly isAllClear: boolean;
  readonly meaning: UnmarkedMeaning;
}

/** What {@link findUnmarkedPages} found. */
export interface UnmarkedReport {
  readonly manner: SaveManner;
  /** The blocks that have such pages, in the order of the stream. */
  readonly blocks: readonly UnmarkedPages[];
  /** Whether no bit of any block is set. */
  readonly isEveryBlockClear: boolean;
}

/** How to look. */
export interface FindUnmarkedOptions {
  /** Finds pages that are not zero; by default this thread does, through the source. */
  readonly scanner?: NonzeroPageFinder | undefined;
  /** Look at these only; at all if not given. */
  readonly blocks?: ReadonlySet<RamBlock> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks for data under clear bits of blocks, and tells what it means. Only what is under clear bits and in no hole is read.
 *
 * @param snapshot Opened from `source`.
 * @throws MappedRamError `offset-outside-file`, `read-failed`, `short-read`; the signal's reason.
 */
export async function findUnmarkedPages(
  snapshot: Snapshot,
  source: ByteSource,
  { signal, scanner = new SourcePageFinder(source, signal), blocks: wanted }: FindUnmarkedOptions = {},
): Promise<UnmarkedReport> {
  const manner = await findSaveManner(snapshot, source);
  const pageSize = destinationPageSize(snapshot);
  const setPages = new Map<RamBlock, number>();
  const setPagesOf = (block: RamBlock) => setPages.get(block);
  for (const block of storedBlocks(snapshot.ramBlocks)) {
    setPages.set(block, await snapshot.countSetPages(block));
  }
  const { isVmState } = source;
  const evidence = { ramBlocks: snapshot.ramBlocks, setPagesOf, guest: manner.guest, isVmState };
  const blocks: UnmarkedPages[] = [];
  for (const block of separateBlocks([...setPages.keys()], source.sizeBytes)) {
    const count = setPagesOf(block);
    if (wanted?.has(block) === false) continue;
    // A bit of another page size stands for other bytes.
    if (block.pageSize !== pageSize || count === block.pageCount) continue;
    const found = await comparePages(snapshot, block, scanner, { selection: 'unmarked' });
    if (found.firstUnmarkedPage === undefined) continue;
    blocks.push({
      block,
      pageCount: found.unmarkedPages,
      firstPage: found.firstUnmarkedPage,
      isAllClear: count === 0,
      meaning: meaningOfUnmarked(block, evidence),
    });
  }
  const isEveryBlockClear = [...setPages.values()].every((count) => count === 0);
  return { manner, blocks, isEveryBlockClear };
}
