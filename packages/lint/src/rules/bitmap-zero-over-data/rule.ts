import type { BlockFacts, LintContext } from '../../context.js';
import { mainRam } from '../../facts/guest-ram.js';
import { quoteName } from '../../facts/names.js';
import { hex } from '../../facts/quantities.js';
import { bitmapLoss, storedBlocks } from '../../facts/zero-bitmaps.js';
import type { Rule } from '../../rule.js';

/** Whether a zero bitmap can be right: a device's memory can have become all zeros, a guest's main memory cannot. */
function mayBeRight(context: LintContext, facts: BlockFacts): boolean {
  return bitmapLoss(context) === undefined && facts !== mainRam(context);
}

export const bitmapZeroOverDataRule: Rule = {
  id: 'bitmap-zero-over-data',
  title: 'A bitmap is all zero though there is data in the pages',
  severity: 'note',
  needs: 'bitmaps',
  clauses: ['BITMAP-3', 'BITMAP-5', 'BITMAP-6'],
  description: `A clear bit means that the page is zero, whatever lies in its place. A live save may leave old bytes under
clear bits, where a page became zero after it was written. But that all of the guest's main memory became zero is not
to be believed: its bitmap was lost. For the memory of a device, a display for example, it is possible.`,
  qemu: [{ outcome: 'wrong-memory', says: 'Completes without an error; the block is empty.' }],
  remedy: 'Take the file from its source again, or rebuild the bitmap from the data in the pages region.',
  *check(context) {
    const loss = bitmapLoss(context);
    if (loss === 'background-snapshot' || loss === 'cancelled') return;
    for (const facts of storedBlocks(context)) {
      const { block, where, dataUnderZeroBitmap } = facts;
      if (dataUnderZeroBitmap === undefined) continue;
      yield {
        message: `No bit of ${quoteName(block.idstr)} is set, but there is data in its pages, first at ${hex(dataUnderZeroBitmap)}.`,
        span: { byteOffset: block.bitmapOffset, byteLength: block.bitmapLengthBytes },
        where: `${where}.bitmap`,
        metAt: block.headerOffset,
        ...(mayBeRight(context, facts) && {
          behaviour: {
            outcome: 'restores',
            says: 'It takes the block for empty, which it may have become while it was saved.',
          },
        }),
      };
    }
  },
};
