import { destinationPageSize } from '@mapped-ram/facts';
import { hex, sizeText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const usedLengthUnalignedRule: Rule = {
  id: 'used-length-unaligned',
  title: 'The length of a RAM block is not a multiple of the page size',
  severity: 'warning',
  needs: 'headers',
  clauses: ['BLOCK-5', 'BITMAP-1'],
  description: `A block's length is always a whole number of pages. QEMU rounds down when it counts pages, so that the
bytes behind the last whole page would not be loaded; and as the total of all lengths has flags in its low bits, the
lengths can then hardly add up to it.`,
  qemu: [{ outcome: 'restores', says: 'It loads whole pages only, if the lengths add up at all.' }],
  remedy: 'Take the file from its source again: the length was changed.',
  *check(context) {
    const pageSize = destinationPageSize(context.snapshot);
    for (const { block, where } of context.blocks) {
      const restBytes = block.usedLength % pageSize;
      if (restBytes === 0) continue;
      yield {
        message: `The block's length is ${countPages(block.usedLength, pageSize)} pages and ${sizeText(restBytes)}.`,
        span: {
          byteOffset: block.headerOffset - (block.guestPhysicalAddress === undefined ? 8 : 16),
          byteLength: 8,
        },
        where: `${where}.usedLength`,
        expected: `a multiple of ${hex(pageSize)}`,
        actual: hex(block.usedLength),
      };
    }
  },
};

function countPages(usedLength: number, pageSize: number): number {
  return Math.floor(usedLength / pageSize);
}
