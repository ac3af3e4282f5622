import { isGuestMemory } from '@mapped-ram/facts';
import { bitmapLoss } from '../../facts/bitmap-loss.js';
import { quoteName } from '../../facts/names.js';
import { countText } from '../../facts/quantities.js';
import { storedBlocks } from '../../facts/stored-blocks.js';
import type { Rule } from '../../rule.js';

export const pageBitsLostRule: Rule = {
  id: 'page-bits-lost',
  title: 'Pages that were saved are not marked in the bitmap',
  severity: 'warning',
  needs: 'bitmaps',
  clauses: ['BITMAP-3', 'BITMAP-6', 'PAGES-5'],
  description: `A guest that is paused during the save (a standstill) is saved in one go: a page that is zero is not stored, and one
that is stored has its bit set. So bytes under a clear bit are a page whose bit was lost, or something wrote into the file. QEMU leaves such a page empty and
reports no error.

Whether the guest was paused is known from the run state in the stream and from the number of PARTs. A deep run finds every
such page; a quick run finds them where the memory is small, or where the file takes more room on disk than its set pages need.`,
  qemu: [{ outcome: 'wrong-memory', says: 'Completes without an error; the pages are empty.' }],
  remedy: 'Take the file from its source again, or have `mr repair` mark every page that holds data.',
  *check(context) {
    if (bitmapLoss(context) !== undefined) return;
    for (const { block, where, unmarked } of storedBlocks(context)) {
      if (unmarked?.meaning !== 'lost' || unmarked.isAllClear) continue;
      const pages = unmarked.pageCount === undefined ? 'pages' : countText(unmarked.pageCount, 'page');
      yield {
        message: `There is data in ${pages} of ${quoteName(block.idstr)} whose bits are clear, though ${context.manner.because}.`,
        span: { byteOffset: unmarked.byteOffset, byteLength: block.pageSize },
        where: `${where}.pages[${Math.floor((unmarked.byteOffset - block.pagesOffset) / block.pageSize)}]`,
        metAt: block.headerOffset,
        ...(!isGuestMemory(block) && {
          behaviour: { outcome: 'restores', says: 'The device has what the destination put there.' },
        }),
      };
    }
  },
};
