import { describeRamFlags } from '@mapped-ram/format';
import { missingEosHint } from '../../facts/missing-eos.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['forbidden-ram-flag'] as const;

export const ramFlagForbiddenRule: Rule = {
  id: 'ram-flag-forbidden',
  title: 'A flag in the ram section that mapped-ram excludes',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['FLAGS-2', 'RAM-2'],
  description: `The words of the ram section carry flags in their low bits. In a classic stream some announce a page, a
zero page, a difference to a page, or a synchronisation. In a mapped-ram stream pages have a place of their own, and QEMU
refuses these flags.

Often the word is none: an EOS word is missing before it, or an offset led to the wrong place.`,
  qemu: [{ outcome: 'refused', says: '`Unexpected RAM flags: ...`' }],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const { actual, byteOffset } = problem.error;
      const flags = typeof actual === 'number' ? describeRamFlags(actual) : String(actual);
      const message = `A word of the ram section has the flag ${flags}${missingEosHint(context, byteOffset)}.`;
      yield problemMatch(context, problem, { message }, 8);
    }
  },
};
