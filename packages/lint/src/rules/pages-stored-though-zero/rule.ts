import { countText, sizeText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const pagesStoredThoughZeroRule: Rule = {
  id: 'pages-stored-though-zero',
  title: 'Pages are set though they are zero',
  severity: 'note',
  needs: 'pages',
  clauses: ['PAGES-4', 'BITMAP-3'],
  description: `A set page that is all zeros restores as well as a clear one, but takes room in the file and time to load. It
is normal with \`zero-page-detection=none\`.`,
  qemu: [{ outcome: 'restores', says: 'It loads the zeros.' }],
  remedy: 'Clear the bits and punch holes to save the room.',
  *check({ blocks }) {
    for (const { block, where, pages } of blocks) {
      if (pages?.firstStoredZeroPage === undefined) continue;
      const count = pages.storedZeroPages;
      yield {
        message: `${countText(count, 'set page')} ${count === 1 ? 'is' : 'are'} all zeros: ${sizeText(count * block.pageSize)} could be freed.`,
        span: {
          byteOffset: block.pagesOffset + pages.firstStoredZeroPage * block.pageSize,
          byteLength: block.pageSize,
        },
        where: `${where}.pages[${pages.firstStoredZeroPage}]`,
        metAt: block.headerOffset,
      };
    }
  },
};
