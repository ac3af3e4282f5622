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
import type { Rule } from '../../rule.js';

/** What pages must not lie over: the stream itself, bitmaps that follow their headers, and pages of blocks before. */
function* occupied(context: LintContext, own: BlockFacts): Iterable<Region> {
  yield* streamRegions(context);
  for (const facts of placedBlocks(context)) {
    if (facts === own) return;
    if (facts.block.idstr === own.block.idstr) continue;
    if (followsItsHeader(facts)) yield bitmapRegion(facts);
    yield pagesRegion(facts);
  }
}

/** A bitmap that lies elsewhere is the one that lies over other things: see `bitmap-overlap`. */
function followsItsHeader({ block }: BlockFacts): boolean {
  return block.bitmapOffset === block.byteOffset + block.byteLength;
}

/** The part of the pages region up to the last page that is loaded; all of it where the bitmap cannot be read. */
function loadedRegion(facts: BlockFacts): Region {
  const { block, bitmap } = facts;
  const pages = bitmap === undefined ? block.pageCount : (bitmap.lastSetPage ?? -1) + 1;
  return { ...pagesRegion(facts), byteLength: Math.min(block.usedLength, pages * block.pageSize) };
}

export const pagesOverlapRule: Rule = {
  id: 'pages-overlap',
  title: 'The pages of a block lie over something else',
  severity: 'warning',
  needs: 'bitmaps',
  clauses: ['LAYOUT-5', 'HEADER-5'],
  description: `No bytes of a file belong to two things: where the pages of two blocks overlap, or pages lie over the stream itself,
at least one block is loaded with bytes that are not its own. QEMU does not check it.`,
  qemu: [
    {
      outcome: 'wrong-memory',
      says: 'Completes without an error, with bytes in the memory that do not belong there.',
    },
  ],
  remedy: 'Take the file from its source again: an offset or a length was changed.',
  *check(context) {
    for (const facts of placedBlocks(context)) {
      const { block, where } = facts;
      const pages = pagesRegion(facts);
      const loaded = loadedRegion(facts);
      for (const region of occupied(context, facts)) {
        if (!overlaps(pages, region)) continue;
        const isHarmless = !overlaps(loaded, region);
        yield {
          message: `The pages at ${hex(block.pagesOffset)} lie over ${region.what} at ${hex(region.byteOffset)}.`,
          span: { byteOffset: block.headerOffset + 20, byteLength: 8 },
          where: `${where}.pagesOffset`,
          actual: hex(block.pagesOffset),
          metAt: block.headerOffset,
          ...(isHarmless && {
            behaviour: {
              outcome: 'restores',
              says: 'It does not check it; no page is set where they overlap.',
            },
          }),
        };
        break;
      }
    }
  },
};
