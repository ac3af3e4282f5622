import { bitmapIsInside } from '@mapped-ram/facts';
import { placedBlocks } from '../../facts/layout-regions.js';
import { hex, sizeText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const bitmapOffsetOutsideRule: Rule = {
  id: 'bitmap-offset-outside',
  title: 'The bitmap of a block does not lie within the file',
  severity: 'error',
  needs: 'headers',
  problems: ['offset-outside-file'],
  clauses: ['HEADER-4', 'LAYOUT-6'],
  description: `The bitmap says which pages are in the file. Where it cannot be read whole, because its offset is wrong or
the file was cut off, QEMU does not load the block. Behind the end of a VM state in a disk image it reads zeros, and so every page is clear.`,
  qemu: [{ outcome: 'refused', says: '`Error reading dirty bitmap`' }],
  remedy: 'Take the file from its source again. Without its bitmap a block cannot be loaded.',
  *check(context) {
    const { sizeBytes, isVmState } = context.file;
    for (const { block, where } of placedBlocks(context)) {
      if (block.pageSize === 0 || bitmapIsInside(block, sizeBytes)) continue;
      yield {
        message: `The bitmap is ${sizeText(block.bitmapLengthBytes)} at ${hex(block.bitmapOffset)}, but the file ends at ${hex(sizeBytes)}.`,
        span: { byteOffset: block.headerOffset + 12, byteLength: 8 },
        where: `${where}.bitmapOffset`,
        actual: hex(block.bitmapOffset),
        metAt: block.headerOffset,
        ...(isVmState && {
          behaviour: { outcome: 'wrong-memory', says: 'Reads zeros: all pages are clear.' },
        }),
      };
    }
  },
};
