import { placedBlocks } from '../../facts/layout-regions.js';
import type { Rule } from '../../rule.js';

export const bitmapByteOrderRule: Rule = {
  id: 'bitmap-byte-order',
  title: "The bitmaps' words seem to have the other byte order",
  severity: 'note',
  needs: 'bitmaps',
  clauses: ['ORDER-1', 'ORDER-2', 'BITMAP-4'],
  description: `The words of a bitmap have the byte order of the host that saved, and nothing in the file says which. Bits
behind the last page are never set: if some are set in one order and none in the other, the other order is probably right. This
is a guess. QEMU takes its host's order without checking, so a file of a big-endian host restores with wrong
memory on a little-endian one; the verdict is for a host like the one that saved.`,
  qemu: [
    {
      outcome: 'restores',
      says: "Restores on a host of the same byte order; wrong memory on others. It takes its host's order.",
    },
  ],
  remedy: 'Run again with `--bitmap-order` set to the other order, and restore on a host of that order.',
  *check(context) {
    const { wordOrder } = context.snapshot;
    const other = wordOrder === 'le' ? 'big-endian' : 'little-endian';
    const told = placedBlocks(context).filter(({ bitmap }) => bitmap?.tailBits !== bitmap?.tailBitsSwapped);
    const first = told[0];
    if (first === undefined || told.some(({ bitmap }) => bitmap?.tailBitsSwapped !== 0)) return;
    const { block, where } = first;
    yield {
      message: `Read as ${wordOrder === 'le' ? 'little' : 'big'}-endian words, bits behind the last page are set; as ${other} ones, none is.`,
      span: { byteOffset: block.bitmapOffset, byteLength: block.bitmapLengthBytes },
      where: `${where}.bitmap`,
      metAt: block.headerOffset,
    };
  },
};
