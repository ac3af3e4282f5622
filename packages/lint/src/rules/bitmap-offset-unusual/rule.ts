import { bitmapIsInside } from '@mapped-ram/facts';
import { endOf, placedBlocks } from '../../facts/layout-regions.js';
import { hex } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const bitmapOffsetUnusualRule: Rule = {
  id: 'bitmap-offset-unusual',
  title: 'The bitmap of a block does not follow its header',
  severity: 'note',
  needs: 'headers',
  clauses: ['LAYOUT-2'],
  description: `QEMU puts a block's bitmap right behind its mapped-ram header, and reads it wherever bitmap_offset leads.
Elsewhere it was put by another writer, or the offset is wrong.`,
  qemu: [{ outcome: 'restores', says: 'It goes by the offset.' }],
  remedy: 'Nothing has to be done if the bitmap was moved on purpose.',
  *check(context) {
    for (const { block, where } of placedBlocks(context)) {
      if (block.bitmapOffset === endOf(block) || !bitmapIsInside(block, context.file.sizeBytes)) continue;
      yield {
        message: `The bitmap lies at ${hex(block.bitmapOffset)}, but the header ends at ${hex(endOf(block))}.`,
        span: { byteOffset: block.headerOffset + 12, byteLength: 8 },
        where: `${where}.bitmapOffset`,
        expected: hex(endOf(block)),
        actual: hex(block.bitmapOffset),
        metAt: block.headerOffset,
      };
    }
  },
};
