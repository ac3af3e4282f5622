import { bitmapIsInside, isGuestMemory } from '@mapped-ram/facts';
import type { BlockFacts, LintContext } from '../../context.js';
import {
  bitmapRegion,
  overlaps,
  pagesRegion,
  placedBlocks,
  type Region,
  streamRegions,
} from '../../facts/layout-regions.js';
import { hex } from '../../facts/quantities.js';
import type { Rule, RuleMatch } from '../../rule.js';

/** What a bitmap must not lie over: the stream itself, other bitmaps, and pages. */
function* occupied(context: LintContext, own: BlockFacts): Iterable<Region> {
  yield* streamRegions(context);
  for (const facts of placedBlocks(context)) {
    const isSame = facts.block.idstr === own.block.idstr;
    if (!isSame) yield bitmapRegion(facts);
    if (!isSame || facts === own) yield pagesRegion(facts);
  }
}

/**
 * Whether what is taken for the bitmap leaves out pages that were saved, as far as the file tells.
 *
 * @returns Undefined where it does, or may.
 */
function harmlessBehaviour({ block, bitmap, pages }: BlockFacts): RuleMatch['behaviour'] {
  if (!isGuestMemory(block)) {
    const says =
      'Takes what it finds for bits; memory of a device that is left out is as the destination made it.';
    return { outcome: 'restores', says };
  }
  const isComplete = pages === undefined ? bitmap?.setPages === block.pageCount : pages.unmarkedPages === 0;
  if (!isComplete) return undefined;
  return { outcome: 'restores', says: 'Takes what it finds for bits; no page is left out that is not zero.' };
}

export const bitmapOverlapRule: Rule = {
  id: 'bitmap-overlap',
  title: 'The bitmap of a block lies over something else',
  severity: 'warning',
  needs: 'bitmaps',
  clauses: ['HEADER-4', 'LAYOUT-5', 'BITMAP-6'],
  description: `QEMU reads the bitmap wherever bitmap_offset leads, and does not check what is there. Where other things of
the stream lie, their bytes are taken for bits: pages are left out, and others are loaded that should be empty.`,
  qemu: [
    {
      outcome: 'wrong-memory',
      says: 'Completes without an error; which pages are loaded cannot be predicted.',
    },
  ],
  remedy:
    'Take the file from its source again. In a file that QEMU wrote the bitmap follows its header: bitmap_offset is the end of that.',
  *check(context) {
    for (const facts of placedBlocks(context)) {
      const { block, where } = facts;
      if (!bitmapIsInside(block, context.file.sizeBytes)) continue;
      const bitmap = bitmapRegion(facts);
      for (const region of occupied(context, facts)) {
        if (!overlaps(bitmap, region)) continue;
        const behaviour = harmlessBehaviour(facts);
        yield {
          message: `The bitmap at ${hex(block.bitmapOffset)} lies over ${region.what} at ${hex(region.byteOffset)}.`,
          span: { byteOffset: block.headerOffset + 12, byteLength: 8 },
          where: `${where}.bitmapOffset`,
          expected: hex(block.byteOffset + block.byteLength),
          actual: hex(block.bitmapOffset),
          metAt: block.headerOffset,
          ...(behaviour !== undefined && { behaviour }),
        };
        break;
      }
    }
  },
};
