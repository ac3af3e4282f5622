import { destinationPageSize } from '@mapped-ram/facts';
import { PAGES_ALIGNMENT_BYTES } from '@mapped-ram/format';
import { placedBlocks } from '../../facts/layout-regions.js';
import { hex } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const pagesOffsetUnusualRule: Rule = {
  id: 'pages-offset-unusual',
  title: 'The pages of a block do not start where QEMU puts them',
  severity: 'note',
  needs: 'headers',
  clauses: ['LAYOUT-3'],
  description: `QEMU starts the pages of every block at a multiple of 1 MiB. It loads a file in which they start at any
multiple of the page size, so that a file can be repacked to be smaller where holes cost something. Such a file was
not written by QEMU; programs that insist on 1 MiB do not read it.`,
  qemu: [{ outcome: 'restores', says: 'It only checks that the place is a multiple of the page size.' }],
  remedy: 'Nothing has to be done.',
  *check(context) {
    const pageSize = destinationPageSize(context.snapshot);
    for (const { block, where } of placedBlocks(context)) {
      const { pagesOffset } = block;
      if (pagesOffset % PAGES_ALIGNMENT_BYTES === 0 || pagesOffset % pageSize !== 0) continue;
      yield {
        message: `The pages start at ${hex(pagesOffset)}, which is no multiple of 1 MiB.`,
        span: { byteOffset: block.headerOffset + 20, byteLength: 8 },
        where: `${where}.pagesOffset`,
        expected: `a multiple of ${hex(PAGES_ALIGNMENT_BYTES)}`,
        actual: hex(pagesOffset),
        metAt: block.headerOffset,
      };
    }
  },
};
