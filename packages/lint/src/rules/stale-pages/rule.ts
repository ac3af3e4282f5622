import { countText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const stalePagesRule: Rule = {
  id: 'stale-pages',
  title: 'Bytes lie in the place of clear pages',
  severity: 'note',
  needs: 'pages',
  clauses: ['PAGES-2', 'BITMAP-3', 'BITMAP-6'],
  description: `A page that became zero after it was written leaves its old bytes behind and a clear bit. That is normal after
a live save, and QEMU does not read them. They are in the way where the file is mapped as memory, and they may hold what
the guest wanted to be gone. If the save was not live, a bit was lost: then the page is missing in the restored memory.`,
  qemu: [{ outcome: 'restores', says: 'It does not read the pages whose bit is clear.' }],
  remedy:
    'Punch holes in their place before the file is mapped as memory or given away. Restore from another copy if the save was not live.',
  *check({ blocks }) {
    for (const { block, where, pages } of blocks) {
      if (pages?.firstStalePage === undefined) continue;
      yield {
        message: `There are bytes other than 0 in the place of ${countText(pages.stalePages, 'clear page')}.`,
        span: {
          byteOffset: block.pagesOffset + pages.firstStalePage * block.pageSize,
          byteLength: block.pageSize,
        },
        where: `${where}.pages[${pages.firstStalePage}]`,
        metAt: block.headerOffset,
      };
    }
  },
};
