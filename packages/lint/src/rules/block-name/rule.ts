import { cString, isPrintable, quoteName } from '../../facts/names.js';
import type { Rule } from '../../rule.js';

export const blockNameRule: Rule = {
  id: 'block-name',
  title: 'A RAM block has a name that no block has',
  severity: 'error',
  needs: 'headers',
  clauses: ['BLOCK-2', 'BLOCK-3'],
  description: `The destination looks every block up by its name, such as \`pc.ram\`, and refuses one that it does not have.
No block's name is empty, and none has bytes that are not printable. QEMU takes a name only up to a NUL; a file
in which more follows was not written by it.

Whether the destination has a block of a plausible name is not predicted. A name that leads nowhere is often what
comes of a wrong length or offset before it.`,
  qemu: [{ outcome: 'refused', says: '`Unknown ramblock "...", cannot accept migration`' }],
  remedy: 'Take the file from its source again.',
  *check({ blocks }) {
    for (const { block, where } of blocks) {
      const { idstr } = block;
      if (idstr !== '' && isPrintable(idstr)) continue;
      const hasNulOnly = idstr !== '' && isPrintable(cString(idstr)) && cString(idstr) !== '';
      yield {
        message: `The name ${quoteName(idstr)} is not one that a block can have.`,
        span: { byteOffset: block.byteOffset, byteLength: 1 + idstr.length },
        where: `${where}.idstr`,
        actual: quoteName(idstr),
        ...(hasNulOnly && {
          behaviour: {
            outcome: 'refused',
            says: `It takes the name for ${quoteName(cString(idstr))}: \`Unknown ramblock\` unless the destination has that.`,
          },
        }),
      };
    }
  },
};
