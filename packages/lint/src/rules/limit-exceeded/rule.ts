import type { MappedRamError } from '@mapped-ram/format';
import { problemHit, streamProblems } from '../../facts/problem-hit.js';
import type { Rule, RuleHit } from '../../rule.js';

const problems = ['limit-exceeded'] as const;

/** What QEMU does where it is more than reading on until something does not fit. */
function behaviour({ path }: MappedRamError): RuleHit['behaviour'] {
  if (path?.startsWith('ram.blocks') !== true) return undefined;
  return {
    outcome: 'crashes',
    says: 'It has no such limit: it reads the same entries again and again and hangs.',
  };
}

export const limitExceededRule: Rule = {
  id: 'limit-exceeded',
  title: 'A count or length is beyond all reason',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['STREAM-4', 'STREAM-5'],
  description: `Counts and lengths in the stream have up to 64 bits, and nothing protects them. This project refuses to
follow one that is far beyond what any QEMU writes, or a block table that leads back to itself, so that a damaged file
cannot cost unbounded time or memory. What comes after it is not looked at.

QEMU itself knows few limits. It reads on until something does not fit, which is soon, or reads in circles.`,
  qemu: [
    { outcome: 'refused', says: 'It reads on until something does not fit: `load of migration failed`.' },
  ],
  remedy: 'Take the file from its source again: the value is not one that QEMU wrote.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const predicted = behaviour(problem.error);
      yield problemHit(context, problem, {
        message: `The stream cannot be followed further: ${problem.error.message}.`,
        ...(predicted !== undefined && { behaviour: predicted }),
      });
    }
  },
};
