import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import { hex } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

const problems = ['unknown-section-type'] as const;

export const sectionTypeUnknownRule: Rule = {
  id: 'section-type-unknown',
  title: 'A byte that starts no section',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['SECTION-1'],
  description: `Every section starts with a byte that says what it is. Another byte in its place means that the stream is
damaged here, or that a length before it is wrong, so that it is not the place of a section at all.`,
  qemu: [
    { from: '10.2', outcome: 'refused', says: '`Unknown section type ...`' },
    { outcome: 'refused', says: '`Unknown savevm section type ...`' },
  ],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const { actual, byteOffset } = problem.error;
      const found = typeof actual === 'number' ? `the byte ${hex(actual)}` : 'something else';
      const at = byteOffset === undefined ? '' : ` at ${hex(byteOffset)}`;
      yield problemMatch(context, problem, {
        message: `A section should start${at}, but there is ${found}.`,
      });
    }
  },
};
