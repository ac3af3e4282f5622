import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['missing-footer'] as const;

export const footerMissingRule: Rule = {
  id: 'footer-missing',
  title: 'A section has no footer though others have one',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['FOOTER-1', 'FOOTER-2', 'FOOTER-3'],
  description: `A footer of five bytes, 0x7e and the section's id, follows the body of every section, or of none. Where
something else is in its place, the footer itself was damaged, or the body before it is longer or shorter than it
should be: two EOS words, for example, or a field of a device that is missing.`,
  qemu: [{ outcome: 'refused', says: '`Missing section footer for ...`' }],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      yield problemMatch(
        context,
        problem,
        { message: 'There is no footer where the body of the section ends.' },
        5,
      );
    }
  },
};
