import { isGuestMemory } from '@mapped-ram/facts';
import type { BlockFacts, LintContext } from '../context.js';

/** Blocks whose memory is in the file. */
export function storedBlocks({ blocks }: LintContext): readonly BlockFacts[] {
  return blocks.filter(({ block }) => !block.ignored && block.pageCount > 0);
}

/** Blocks of guest memory that are in the file; the first is the largest that QEMU writes. */
export function storedGuestBlocks(context: LintContext): readonly BlockFacts[] {
  return storedBlocks(context).filter(({ block }) => isGuestMemory(block));
}
