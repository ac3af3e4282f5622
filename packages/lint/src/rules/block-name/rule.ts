import { isBadName } from '../../facts/block-table-fault.js';
import { quoteName } from '../../facts/names.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

export const blockNameRule: Rule = {
  id: 'block-name',
  title: 'A RAM block has a name that no block has',
  severity: 'error',
  needs: 'headers',
  clauses: ['BLOCK-2', 'BLOCK-3'],
  description: `The destination looks every block up by its name, such as \`pc.ram\`, and refuses one that it does not have.
No block's name is empty, and none has bytes that are not printable. With such a name what follows
is not taken for an entry, and the stream is not looked at any further.

Whether the destination has a block of a plausible name is not predicted. A name that leads nowhere is often what
comes of a wrong length or offset before it.`,
  qemu: [{ outcome: 'refused', says: '`Unknown ramblock "...", cannot accept migration`' }],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const problem of streamProblems(context, ['bad-block-table'])) {
      if (!isBadName(problem)) continue;
      const { actual, path } = problem.error;
      const message = `The name ${quoteName(String(actual))} is not one that a block can have.`;
      yield problemMatch(context, problem, { message, ...(path !== undefined && { where: path }) });
    }
  },
};
