import { quoteName } from '../../facts/names.js';
import { sizeText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const ignoredBlockRule: Rule = {
  id: 'ignored-block',
  title: 'The memory of a block is not in the file',
  severity: 'note',
  needs: 'headers',
  clauses: ['SHARED-2', 'SHARED-3'],
  description: `With \`x-ignore-shared\`, QEMU 11.0 and newer leave shared memory out: the block's entry has both offsets 0.
The memory is in the backend's file, and has to be kept together with this one, as it was when the save ended.`,
  qemu: [
    { from: '11.0', outcome: 'restores', says: 'Uses the shared memory of the destination as it is.' },
    { outcome: 'refused', says: '`Error reading dirty bitmap`: it does not know blocks that are left out.' },
  ],
  remedy: "Keep the memory backend's file with the snapshot, and do not change it.",
  *check({ blocks }) {
    for (const { block, where } of blocks) {
      if (!block.ignored) continue;
      yield {
        message: `${sizeText(block.usedLength)} of ${quoteName(block.idstr)} are not in the file.`,
        span: { byteOffset: block.byteOffset, byteLength: block.byteLength },
        where,
      };
    }
  },
};
