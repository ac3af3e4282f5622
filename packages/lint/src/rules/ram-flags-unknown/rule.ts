import { describeRamFlags } from '@mapped-ram/format';
import { missingEosHint } from '../../facts/missing-eos.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['unknown-ram-flags'] as const;

export const ramFlagsUnknownRule: Rule = {
  id: 'ram-flags-unknown',
  title: 'A word of the ram section has no meaning',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['FLAGS-3', 'EOS-1'],
  description: `A word of the ram section either announces the block table (MEM_SIZE) or ends the section's body (EOS).
QEMU refuses any other combination of flags, and none at all.

Often the word is none: an EOS word is missing before it, or an offset or length led to the wrong place.`,
  qemu: [{ outcome: 'refused', says: '`Unknown combination of migration flags: 0x...`' }],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const { actual, byteOffset } = problem.error;
      const flags = typeof actual === 'number' ? describeRamFlags(actual) : String(actual);
      const message = `A word of the ram section has the flags ${flags}${missingEosHint(context, byteOffset)}.`;
      yield problemMatch(context, problem, { message }, 8);
    }
  },
};
