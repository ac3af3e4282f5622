import { ALLOCATION_LIMIT_BYTES } from '../../facts/oversized-block.js';
import { sizeText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const bitmapTooLargeRule: Rule = {
  id: 'bitmap-too-large',
  title: 'The length of a RAM block calls for a bitmap that cannot be allocated',
  severity: 'warning',
  needs: 'headers',
  clauses: ['BITMAP-1', 'BLOCK-5'],
  description: `Before it reads a block's bitmap, QEMU allocates one bit for every page of the length in the file, without a
look at the block that it has. With a length of 2^49 bytes (512 TiB) or more that is 16 GiB and more, and QEMU aborts
where the host does not have them. The limit depends on the host. What upstream has for 11.2 looks at the block first.`,
  qemu: [
    {
      from: '11.2',
      outcome: 'refused',
      says: 'Compares the length with the block that it has, and refuses it.',
    },
    { outcome: 'crashes', says: 'Aborts: `failed to allocate ... bytes`.' },
  ],
  remedy: 'Take the file from its source again: the length was changed.',
  *check({ blocks }) {
    for (const { block, where } of blocks) {
      if (block.bitmapLengthBytes < ALLOCATION_LIMIT_BYTES) continue;
      yield {
        message: `A length of ${sizeText(block.usedLength)} calls for a bitmap of ${sizeText(block.bitmapLengthBytes)}.`,
        span: {
          byteOffset: block.headerOffset - (block.guestPhysicalAddress === undefined ? 8 : 16),
          byteLength: 8,
        },
        where: `${where}.usedLength`,
        metAt: block.headerOffset,
      };
    }
  },
};
