import { bitmapLoss } from '../../facts/bitmap-loss.js';
import { countText } from '../../facts/quantities.js';
import { storedBlocks, storedGuestBlocks } from '../../facts/stored-blocks.js';
import type { Rule } from '../../rule.js';

export const backgroundSnapshotRule: Rule = {
  id: 'background-snapshot',
  title: 'The bitmaps were never written: a background snapshot',
  severity: 'error',
  needs: 'bitmaps',
  clauses: ['COMPLETE-3', 'BITMAP-5', 'SECTION-7'],
  description: `With the capability \`background-snapshot\` QEMU accepts \`mapped-ram\`, reports that the save completed, and
writes a file whose bitmaps are all zero and whose ram section has no END. The pages are in the file and in their
places. Restoring it completes too, with empty memory, or fails with a device error that says nothing of it.

A cancelled save differs from it: there the device state and the end marker are missing.`,
  qemu: [
    {
      outcome: 'wrong-memory',
      says: 'Completes without an error and with empty memory, or fails in a device.',
    },
  ],
  remedy:
    'Rebuild the bitmaps from the data in the pages regions: each page was written once, so every page that is not zero belongs in them. `mr repair` does that. Do not combine the two capabilities.',
  *check(context) {
    if (bitmapLoss(context) !== 'background-snapshot') return;
    const facts = storedGuestBlocks(context)[0] ?? storedBlocks(context)[0];
    if (facts === undefined) return;
    const { block, where } = facts;
    const blocks = storedBlocks(context);
    yield {
      message: `No bit is set in ${countText(blocks.length, 'bitmap')}, though there is data in the pages, and the ram section has no END.`,
      span: { byteOffset: block.bitmapOffset, byteLength: block.bitmapLengthBytes },
      where: `${where}.bitmap`,
      metAt: block.headerOffset,
    };
  },
};
