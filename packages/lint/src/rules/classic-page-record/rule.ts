import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['unexpected-value'] as const;

export const classicPageRecordRule: Rule = {
  id: 'classic-page-record',
  title: 'A page of a classic stream has no place',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['CLASSIC-2', 'CLASSIC-3'],
  description: `In a classic stream each page comes with its address and, at first, with the name of its block. QEMU refuses a page of a
block that it does not have, one behind the end of its block, one that names no block where none was named before, and a zero page that
says that it is not zero.

Often the record is none: bytes are missing before it, or too many.`,
  qemu: [
    {
      outcome: 'refused',
      says: "`Illegal RAM offset ...`, `Can't find block ...` or `Found a zero page with value ...`, by what is wrong.",
    },
  ],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const { what } = problem.error;
      yield problemMatch(
        context,
        problem,
        { message: `${what.charAt(0).toUpperCase()}${what.slice(1)}.` },
        8,
      );
    }
  },
};
