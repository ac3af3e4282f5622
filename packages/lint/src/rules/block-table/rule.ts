import { isBadName } from '../../facts/block-table-fault.js';
import { endOf } from '../../facts/layout-regions.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['bad-block-table'] as const;

export const blockTableRule: Rule = {
  id: 'block-table',
  title: 'The lengths in the block table do not add up',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['BLOCK-1', 'BLOCK-6', 'LAYOUT-4'],
  description: `The word before the block table gives the sum of all lengths, and QEMU reads entries until it is reached
exactly. With a sum or a length that does not fit it reads on behind the last entry, and takes what it finds there for
a block's name. The same happens where a length or an offset leads to a place at which there is no entry.`,
  qemu: [{ outcome: 'refused', says: '`Unknown ramblock "...", cannot accept migration`' }],
  remedy: 'Take the file from its source again: the total, a length or an offset was changed.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      if (isBadName(problem)) continue;
      const { actual, byteOffset, expected, what } = problem.error;
      const lastBlock = context.snapshot.ramBlocks.at(-1);
      // QEMU loads every block that is listed before it notices.
      const metAt = Math.max(byteOffset ?? 0, lastBlock === undefined ? 0 : endOf(lastBlock));
      const isOfClassic = /^(a second|the stream has no) block table/.test(what);
      const message = isOfClassic
        ? `${what.charAt(0).toUpperCase()}${what.slice(1)}${actual === undefined ? '' : `: ${actual}`}.`
        : actual === undefined
          ? 'The block table goes on at a place where there is no entry.'
          : `The blocks have ${actual} bytes together, but the table is announced with ${expected} bytes.`;
      yield problemMatch(context, problem, { message, metAt }, 8);
    }
  },
};
