import { placedBlocks } from '../../facts/layout-regions.js';
import { countText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const bitmapTailBitsRule: Rule = {
  id: 'bitmap-tail-bits',
  title: 'Bits are set behind the last page',
  severity: 'warning',
  needs: 'bitmaps',
  clauses: ['BITMAP-4', 'ORDER-2'],
  description: `A bitmap is whole 64-bit words; bits behind the last page are clear. QEMU ignores them. Bits there mean that
the bitmap was changed, that the length or page size of the block is wrong, or that its words have the other byte
order.`,
  qemu: [{ outcome: 'restores', says: 'It ignores bits behind the last page.' }],
  remedy: 'Find out what wrote the bitmap; clear the bits if it is right otherwise.',
  *check(context) {
    for (const { block, where, bitmap } of placedBlocks(context)) {
      if (bitmap === undefined || bitmap.tailBits === 0) continue;
      yield {
        message: `${countText(bitmap.tailBits, 'bit')} behind the last of ${countText(block.pageCount, 'page')} ${bitmap.tailBits === 1 ? 'is' : 'are'} set.`,
        span: { byteOffset: block.bitmapOffset + block.bitmapLengthBytes - 8, byteLength: 8 },
        where: `${where}.bitmap`,
        metAt: block.headerOffset,
      };
    }
  },
};
