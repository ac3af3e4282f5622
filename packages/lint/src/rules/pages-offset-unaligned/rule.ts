import { placedBlocks } from '../../facts/layout-regions.js';
import { hex } from '../../facts/quantities.js';
import { targetPageSize } from '../../facts/target-page-size.js';
import type { Rule } from '../../rule.js';

export const pagesOffsetUnalignedRule: Rule = {
  id: 'pages-offset-unaligned',
  title: 'The pages of a block do not start at a multiple of the page size',
  severity: 'error',
  needs: 'headers',
  clauses: ['HEADER-5', 'LAYOUT-3'],
  description: `pages_offset is the place of the block's first page in the file, counted from the start of the file and not
of the stream. QEMU writes a multiple of 1 MiB and refuses what is not a multiple of its page size. A file from whose
start bytes were cut off, or to which some were added, is broken in the same way, even where the offsets still look
aligned.`,
  qemu: [{ outcome: 'refused', says: '`Error reading ramblock ... pages, region has bad alignment`' }],
  remedy: 'Put the stream back to the offset at which it was saved, or take the file from its source again.',
  *check(context) {
    const pageSize = targetPageSize(context);
    for (const { block, where } of placedBlocks(context)) {
      if (block.pagesOffset % pageSize === 0) continue;
      yield {
        message: `The pages start at ${hex(block.pagesOffset)}, ${hex(block.pagesOffset % pageSize)} bytes into a page.`,
        span: { byteOffset: block.headerOffset + 20, byteLength: 8 },
        where: `${where}.pagesOffset`,
        expected: `a multiple of ${hex(pageSize)}`,
        actual: hex(block.pagesOffset),
        metAt: block.headerOffset,
      };
    }
  },
};
