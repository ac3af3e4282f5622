import { quoteName } from '../../facts/names.js';
import { countText } from '../../facts/quantities.js';
import { storedGuestBlocks } from '../../facts/stored-blocks.js';
import type { Rule } from '../../rule.js';

/** A small memory can well be full. */
const FEWEST_PAGES = 1024;

export const bitmapAllSetRule: Rule = {
  id: 'bitmap-all-set',
  title: 'Every page of a block of guest memory is set',
  severity: 'note',
  needs: 'bitmaps',
  clauses: ['PAGES-4', 'BITMAP-3'],
  description: `A guest hardly ever has no zero page at all. Every bit is set where the save ran with
\`zero-page-detection=none\`: it is right, but the file is as large as the memory.`,
  qemu: [{ outcome: 'restores', says: 'It loads every page.' }],
  remedy:
    'Save with zero page detection, or clear the bits of zero pages (`--deep` counts them) and punch holes.',
  *check(context) {
    for (const { block, where, bitmap } of storedGuestBlocks(context)) {
      if (block.pageCount < FEWEST_PAGES || bitmap?.setPages !== block.pageCount) continue;
      yield {
        message: `All ${countText(block.pageCount, 'page')} of ${quoteName(block.idstr)} are set.`,
        span: { byteOffset: block.bitmapOffset, byteLength: block.bitmapLengthBytes },
        where: `${where}.bitmap`,
        metAt: block.headerOffset,
      };
    }
  },
};
