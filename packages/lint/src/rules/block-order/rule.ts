import { quoteName } from '../../facts/names.js';
import { sizeText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const blockOrderRule: Rule = {
  id: 'block-order',
  title: 'The RAM blocks are not in descending order of size',
  severity: 'note',
  needs: 'headers',
  clauses: ['BLOCK-4'],
  description: `QEMU lists the blocks in descending order of their maximum size, which for blocks that can be resized is
more than the length in the file. It loads them in any order; a deviation only hints at another writer, or at a block
that can be resized.`,
  qemu: [{ outcome: 'restores', says: 'It loads the blocks in any order.' }],
  remedy: 'Nothing has to be done.',
  *check({ blocks }) {
    for (const [index, { block, where }] of blocks.entries()) {
      const before = blocks[index - 1]?.block;
      // A ROM's or table's maximum is not in the file, so only a large step tells anything.
      if (before === undefined || before.idstr.startsWith('/rom@') || before.usedLength >= block.usedLength)
        continue;
      yield {
        message: `The block ${quoteName(block.idstr)} of ${sizeText(block.usedLength)} comes after a smaller one of ${sizeText(before.usedLength)}.`,
        span: { byteOffset: block.byteOffset, byteLength: block.byteLength },
        where,
      };
    }
  },
};
