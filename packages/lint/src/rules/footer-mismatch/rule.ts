import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['footer-mismatch'] as const;

export const footerMismatchRule: Rule = {
  id: 'footer-mismatch',
  title: 'A footer names another section',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['FOOTER-1', 'FOOTER-3'],
  description: `A footer repeats the id of its section, so that a body that was read with the wrong length is noticed.`,
  qemu: [{ outcome: 'refused', says: '`Mismatched section id in footer for ... - read ... expected ...`' }],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const { expected, actual } = problem.error;
      const message = `The footer names section ${actual}, but it ends section ${expected}.`;
      yield problemMatch(context, problem, { message }, 5);
    }
  },
};
