import { bitmapLoss } from '../../facts/bitmap-loss.js';
import { countText } from '../../facts/quantities.js';
import { storedBlocks } from '../../facts/stored-blocks.js';
import { walkedToEnd } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

export const stalePagesRule: Rule = {
  id: 'stale-pages',
  title: 'Bytes lie in the place of clear pages',
  severity: 'note',
  needs: 'bitmaps',
  clauses: ['PAGES-2', 'BITMAP-3', 'BITMAP-6', 'PAGES-5'],
  description: `A page that became zero after it was written leaves its old bytes behind and a clear bit. That is normal after
a live save, and QEMU does not read them. A program that maps the file as memory would read them, and they may hold what
the guest has erased.

Where the file does not tell whether the guest ran during the save, they may as well be pages whose bits were lost: then the
finding is a warning. In a save of a paused guest they are lost pages: see \`page-bits-lost\`.`,
  qemu: [{ outcome: 'restores', says: 'It does not read the pages whose bit is clear.' }],
  remedy:
    'Punch holes in their place with `mr scrub` before the file is mapped as memory or given away. Where they may be lost pages, have `mr repair --mark-pages` mark them.',
  *check(context) {
    if (bitmapLoss(context) !== undefined) return;
    for (const { block, where, unmarked } of storedBlocks(context)) {
      if (unmarked === undefined || unmarked.isAllClear || unmarked.meaning === 'lost') continue;
      const pages = countText(unmarked.pageCount ?? 1, 'clear page');
      // What lies behind the place where the stream cannot be read on may tell.
      const isUnclear = unmarked.meaning === 'unclear' && walkedToEnd(context);
      yield {
        message: `There are bytes other than 0 in the place of ${pages}${isUnclear ? `: left behind by a live save, or lost, since ${context.manner.because}` : ''}.`,
        span: { byteOffset: unmarked.byteOffset, byteLength: block.pageSize },
        where: `${where}.pages[${Math.floor((unmarked.byteOffset - block.pagesOffset) / block.pageSize)}]`,
        metAt: block.headerOffset,
        ...(isUnclear && { severity: 'warning' as const }),
      };
    }
  },
};
