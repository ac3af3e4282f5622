import type { MappedRamError } from '@mapped-ram/format';
import type { LintContext } from '../../context.js';
import { behaviourAtOversizedBlock } from '../../facts/oversized-block.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule, RuleMatch } from '../../rule.js';

const problems = ['value-too-large'] as const;

/** Lengths that QEMU rounds up to whole pages, in 64 bits, and gets 0. */
const ROUNDED_TO_NOTHING = 2n ** 64n - 4096n;

/** A length of a classic block is held against the destination's block, and a ROM of fw_cfg is resized to it. */
function behaviourInClassic({ actual, what }: MappedRamError): RuleMatch['behaviour'] {
  if (!what.includes('"/rom@')) return { outcome: 'refused', says: '`Size mismatch: ...`' };
  return typeof actual === 'bigint' && actual > ROUNDED_TO_NOTHING
    ? { outcome: 'crashes', says: 'Resizes the block to nothing and aborts.' }
    : { outcome: 'refused', says: '`Size too large: ...`' };
}

/** What QEMU does depends on what the value is for, and on its neighbours. */
function behaviour(error: MappedRamError, context: LintContext): RuleMatch['behaviour'] {
  const { path } = error;
  const { oversizedBlock, classic } = context.snapshot;
  if (classic !== undefined && path?.startsWith('ram.') === true) return behaviourInClassic(error);
  if (oversizedBlock !== undefined) return behaviourAtOversizedBlock(oversizedBlock, context);
  if (path?.endsWith('pagesOffset') === true && context.target.multifd) {
    return {
      outcome: 'crashes',
      says: 'The multifd channels fail to read the pages, and QEMU dies of SIGSEGV or hangs.',
    };
  }
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
      yield problemMatch(
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
