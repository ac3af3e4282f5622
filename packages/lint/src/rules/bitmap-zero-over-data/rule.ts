import { isGuestMemory } from '@mapped-ram/facts';
import type { BlockFacts, LintContext } from '../../context.js';
import { bitmapLoss } from '../../facts/bitmap-loss.js';
import { quoteName } from '../../facts/names.js';
import { hex } from '../../facts/quantities.js';
import { storedBlocks } from '../../facts/stored-blocks.js';
import { walkedToEnd } from '../../facts/walk-stop.js';
import type { Rule, RuleMatch } from '../../rule.js';

/** What becomes of the block, and how much that weighs, where it is not wrong memory for certain. */
function behaviourOf({ block, unmarked }: BlockFacts, context: LintContext): Partial<RuleMatch> {
  if (!isGuestMemory(block)) {
    return unmarked?.meaning === 'lost'
      ? {
          severity: 'warning',
          behaviour: { outcome: 'restores', says: 'The device has what the destination put there.' },
        }
      : {
          behaviour: {
            outcome: 'restores',
            says: 'It takes the block for empty, which it may have become while it was saved.',
          },
        };
  }
  if (unmarked?.meaning === 'lost') return {};
  return {
    // What lies behind the place where the stream cannot be read on may tell.
    severity: walkedToEnd(context) ? 'warning' : 'note',
    behaviour: {
      outcome: 'restores',
      says: `It takes the block for empty. The guest may have made it so while it was saved, or the bitmap was lost: ${context.manner.because}.`,
    },
  };
}

export const bitmapZeroOverDataRule: Rule = {
  id: 'bitmap-zero-over-data',
  title: 'A bitmap is all zero though there is data in the pages',
  severity: 'note',
  needs: 'bitmaps',
  clauses: ['BITMAP-3', 'BITMAP-5', 'BITMAP-6', 'PAGES-5'],
  description: `A clear bit means that the page is zero, whatever lies in its place. A save of a paused guest
leaves nothing under clear bits: data there means that the bitmap was lost. A guest that runs while it is saved may make pages zero after they
were stored, but not all of its memory. That a whole NUMA node or DIMM became zero is possible, and the file does not tell it from
a lost bitmap: then the finding is a warning.`,
  qemu: [{ outcome: 'wrong-memory', says: 'Completes without an error; the block is empty.' }],
  remedy: 'Rebuild the bitmap from the data in the pages region: `mr repair` does.',
  *check(context) {
    const loss = bitmapLoss(context);
    if (loss === 'background-snapshot' || loss === 'cancelled') return;
    for (const facts of storedBlocks(context)) {
      const { block, where, unmarked } = facts;
      if (unmarked === undefined || !unmarked.isAllClear) continue;
      yield {
        message: `No bit of ${quoteName(block.idstr)} is set, but there is data in its pages, first at ${hex(unmarked.byteOffset)}.`,
        span: { byteOffset: block.bitmapOffset, byteLength: block.bitmapLengthBytes },
        where: `${where}.bitmap`,
        metAt: block.headerOffset,
        ...behaviourOf(facts, context),
      };
    }
  },
};
