import type { MappedRamError } from '@mapped-ram/format';
import { hasChange } from '@mapped-ram/releases';
import type { LintContext } from '../../context.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule, RuleMatch } from '../../rule.js';
import { versionInRange } from '../../target.js';

const problems = ['limit-exceeded'] as const;

/** Lengths and counts from here on are negative for a QEMU that takes them for signed numbers. */
const FIRST_NEGATIVE = 2 ** 31;

/** What QEMU allocates memory for, of the length or count that the stream gives. */
const ALLOCATED = ['configuration.machine', 'configuration.capabilities'];

/** What QEMU does where it is more than reading on until something does not fit. */
function behaviour({ path, actual }: MappedRamError, { target }: LintContext): RuleMatch['behaviour'] {
  if (path?.startsWith('ram.blocks') === true) {
    if (hasChange('totalUnderflowRefused', target.qemu) === 'yes') {
      return { outcome: 'refused', says: 'The lengths go past the total of the table, which it refuses.' };
    }
    return {
      outcome: 'crashes',
      says: 'It has no such limit: it reads the same entries again and again and hangs.',
    };
  }
  const isNegative = typeof actual === 'number' && actual >= FIRST_NEGATIVE;
  if (ALLOCATED.includes(path ?? '') && isNegative && !versionInRange(target.qemu, '11.1')) {
    return { outcome: 'crashes', says: 'It tries to allocate nearly all of the address space and aborts.' };
  }
  return undefined;
}

export const limitExceededRule: Rule = {
  id: 'limit-exceeded',
  title: 'A count or length is larger than any that QEMU writes',
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
      const predicted = behaviour(problem.error, context);
      yield problemMatch(context, problem, {
        message: `The stream cannot be followed further: ${problem.error.message}.`,
        ...(predicted !== undefined && { behaviour: predicted }),
      });
    }
  },
};
