import type { RamBlock } from '@mapped-ram/reader';
import { isScannable } from '../pages/scan-block.js';

/**
 * The blocks whose pages can be looked at, so that no byte of the file is read for two of them: in a file of nonsense that could go
 * on for ever. Of blocks that lie over each other only the one that begins first counts.
 *
 * @returns In the order of the stream.
 */
export function separateBlocks(blocks: readonly RamBlock[], fileSizeBytes: number): RamBlock[] {
  const chosen = new Set<RamBlock>();
  let freeFrom = 0;
  for (const block of blocks.toSorted((a, b) => a.pagesOffset - b.pagesOffset)) {
    const end = block.pagesOffset + block.usedLength;
    if (!isScannable(block) || end > fileSizeBytes || block.pagesOffset < freeFrom) continue;
    chosen.add(block);
    freeFrom = end;
  }
  return blocks.filter((block) => chosen.has(block));
}
