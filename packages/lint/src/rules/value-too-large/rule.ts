import type { MappedRamError } from '@mapped-ram/format';
import type { LintContext } from '../../context.js';
import { problemHit, streamProblems } from '../../facts/problem-hit.js';
import type { Rule, RuleHit } from '../../rule.js';
import { versionInRange } from '../../target.js';

const problems = ['value-too-large'] as const;

/** What QEMU does depends on what the value is for. */
function behaviour({ path }: MappedRamError, { target }: LintContext): RuleHit['behaviour'] {
  if (path?.endsWith('usedLength') === true) {
    return {
      outcome: 'crashes',
      says: 'It tries to allocate a bitmap for so many pages and aborts: `failed to allocate ... bytes`.',
    };
  }
  if (path?.endsWith('pagesOffset') === true && target.multifd) {
    return {
      outcome: 'crashes',
      says: 'The multifd channels fail to read the pages, and QEMU dies of SIGSEGV or hangs.',
    };
  }
  if (path?.endsWith('pageSize') === true && !versionInRange(target.qemu, '11.1')) {
    return { outcome: 'wrong-memory', says: 'Completes without an error; the block is not loaded.' };
  }
  if (path?.endsWith('bitmapOffset') === true)
    return { outcome: 'refused', says: '`Error reading dirty bitmap`' };
  return undefined;
}

export const valueTooLargeRule: Rule = {
  id: 'value-too-large',
  title: 'A 64-bit value is larger than any file',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['STREAM-4', 'HEADER-6'],
  description: `Lengths and offsets have 64 bits. One of 2^53 bytes (8 PiB) or more cannot be right, and is not followed:
what comes after it in the stream is not looked at.`,
  qemu: [
    {
      outcome: 'refused',
      says: '`load of migration failed`, with the text of whatever it reads at the wrong place.',
    },
  ],
  remedy: 'Take the file from its source again: the value is not one that QEMU wrote.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const predicted = behaviour(problem.error, context);
      yield problemHit(
        context,
        problem,
        {
          message: 'The value is larger than any file can be.',
          ...(predicted !== undefined && { behaviour: predicted }),
        },
        8,
      );
    }
  },
};
