import { type Pattern, searchBlock } from '@mapped-ram/guest';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { PartFound, PartMatch, SearchPart } from './search-job.js';

const PART_BYTES = 64 * 1024 * 1024;

/** Of memory that hardly exists there would be millions, each of which takes some time. */
const MAX_PARTS = 16_384;

/** Cuts blocks into parts, in their order. What is found does not depend on who searches which. */
export function* partsOf(
  snapshot: Snapshot,
  blocks: readonly RamBlock[],
): Generator<SearchPart, void, undefined> {
  const totalBytes = blocks.reduce((sum, { usedLength }) => sum + usedLength, 0);
  const partBytes = Math.max(PART_BYTES, totalBytes / MAX_PARTS);
  for (const block of blocks) {
    const blockIndex = snapshot.ramBlocks.indexOf(block);
    const most = Math.max(1, Math.ceil(partBytes / block.pageSize));
    for (let firstPage = 0; firstPage < block.pageCount; firstPage += most) {
      yield { blockIndex, firstPage, pageCount: Math.min(most, block.pageCount - firstPage) };
    }
  }
}

/** Searches one. @param limit Of matches, at most */
export async function searchPart(
  snapshot: Snapshot,
  { blockIndex, ...pages }: SearchPart,
  pattern: Pattern,
  limit: number,
): Promise<PartFound> {
  const block = snapshot.ramBlocks[blockIndex];
  if (block === undefined) throw new RangeError(`there is no block ${blockIndex}`);
  let searchedBytes = 0;
  const onSearched = (lengthBytes: number): void => {
    searchedBytes += lengthBytes;
  };
  const matches: PartMatch[] = [];
  for await (const match of searchBlock(snapshot, block, pattern, { ...pages, onSearched })) {
    const { blockOffset, lengthBytes, preview } = match;
    matches.push({ blockOffset, lengthBytes, preview });
    if (matches.length >= limit) break;
  }
  return { blockIndex, matches, searchedBytes };
}
