import { MAPPED_RAM_HEADER_LENGTH_BYTES } from '@mapped-ram/format';
import { placedBlocks } from '../../facts/layout-regions.js';
import { hex, sizeText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const pagesTruncatedRule: Rule = {
  id: 'pages-truncated',
  title: 'Set pages lie behind the end of the file',
  severity: 'error',
  needs: 'bitmaps',
  clauses: ['LAYOUT-6', 'MULTIFD-3', 'PAGES-1'],
  description: `A copy that was cut off, or a disk that was full, leaves a file that ends before its pages do. QEMU notices
when it reads them. With multifd the channels read them, and their failure is not handled: QEMU dies of SIGSEGV,
or since 11.1 mostly hangs, and so does whatever waits for it. Behind the end of a VM state in a disk image it reads zeros.`,
  qemu: [
    { from: '11.1', multifd: true, outcome: 'crashes', says: 'Hangs, or dies of SIGSEGV.' },
    { multifd: true, outcome: 'crashes', says: 'Dies of SIGSEGV.' },
    {
      from: '11.1',
      outcome: 'refused',
      says: '`failed to read page ...: Unexpected end-of-file before all data were read`',
    },
    { outcome: 'refused', says: '`failed to read page ...: Partial read of size ..., expected ...`' },
  ],
  remedy:
    'Take the file from its source again. What is missing cannot be rebuilt; try the file without multifd only.',
  *check(context) {
    const { sizeBytes, isVmState } = context.file;
    for (const { block, where, bitmap } of placedBlocks(context)) {
      if (bitmap?.lastSetPage === undefined) continue;
      const endOffset =
        block.pagesOffset + Math.min(block.usedLength, (bitmap.lastSetPage + 1) * block.pageSize);
      if (endOffset <= sizeBytes) continue;
      yield {
        message: `The last set page ends at ${hex(endOffset)}, but the file ends at ${hex(sizeBytes)}: ${sizeText(endOffset - sizeBytes)} are missing.`,
        span: {
          byteOffset: Math.min(sizeBytes, block.pagesOffset),
          byteLength: Math.max(0, sizeBytes - block.pagesOffset),
        },
        where: `${where}.pages`,
        ...(isVmState && {
          behaviour: { outcome: 'wrong-memory', says: 'Reads zeros in place of the pages.' },
        }),
        // Behind what is said of the header's fields.
        metAt: block.headerOffset + MAPPED_RAM_HEADER_LENGTH_BYTES - 1,
      };
    }
  },
};
