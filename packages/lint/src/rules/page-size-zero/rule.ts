import { hex } from '../../facts/quantities.js';
import { targetPageSize } from '../../facts/target-page-size.js';
import type { Rule } from '../../rule.js';

export const pageSizeZeroRule: Rule = {
  id: 'page-size-zero',
  title: 'A mapped-ram header has a page size of 0',
  severity: 'error',
  needs: 'headers',
  problems: ['bad-page-size'],
  clauses: ['HEADER-3'],
  description: `QEMU divides the block's length by the page size of its header. Up to 11.0, nothing keeps it from
dividing by zero; 11.1 compares the page size with its own first.`,
  qemu: [
    {
      from: '11.1',
      outcome: 'refused',
      says: '`Migration mapped-ram header has invalid page_size 0 (expected ...)`',
    },
    { outcome: 'crashes', says: 'Divides by zero and dies of SIGFPE.' },
  ],
  remedy: "Write the target's page size into the header: 4096 on most targets.",
  *check(context) {
    for (const { block, where } of context.blocks) {
      if (block.pageSize !== 0) continue;
      yield {
        message: 'The page size is 0.',
        span: { byteOffset: block.headerOffset + 4, byteLength: 8 },
        where: `${where}.pageSize`,
        expected: hex(targetPageSize(context)),
        actual: '0x0',
        metAt: block.headerOffset,
      };
    }
  },
};
