import { quoteName } from '../../facts/names.js';
import type { Rule } from '../../rule.js';

export const blockDuplicateRule: Rule = {
  id: 'block-duplicate',
  title: 'A RAM block is listed twice',
  severity: 'warning',
  needs: 'headers',
  clauses: ['BLOCK-4'],
  description: `Every block is in the table once. QEMU loads a second entry over the first: pages that the second has set
replace those of the first, and the others stay. Unless both entries hold the same, the memory is a mixture.`,
  qemu: [{ outcome: 'restores', says: 'It loads both, one over the other.' }],
  remedy: 'Take the file from its source again: QEMU does not write such a file.',
  *check({ blocks }) {
    const seen = new Map<string, string>();
    for (const { block, where } of blocks) {
      const first = seen.get(block.idstr);
      if (first === undefined) {
        seen.set(block.idstr, where);
        continue;
      }
      yield {
        message: `The block ${quoteName(block.idstr)} is listed before, as ${first}.`,
        span: { byteOffset: block.byteOffset, byteLength: block.byteLength },
        where: `${where}.idstr`,
        actual: quoteName(block.idstr),
      };
    }
  },
};
