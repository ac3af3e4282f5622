import { OBSOLETE_STREAM_VERSION } from '@mapped-ram/format';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['obsolete-stream-version', 'unsupported-stream-version'] as const;

export const streamVersionRule: Rule = {
  id: 'stream-version',
  title: 'The stream has a version that QEMU does not load',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['STREAM-3'],
  description: `The version of the stream follows its magic and is 3. It has nothing to do with the version of QEMU.
Any other one is refused; 2 was the format before 2008.`,
  qemu: [{ outcome: 'refused', says: '`Unsupported migration stream version`' }],
  remedy: 'Take the file from its source again: no QEMU with mapped-ram writes another version.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const isObsolete = problem.error.actual === OBSOLETE_STREAM_VERSION;
      const message = `The stream has version ${problem.error.actual}.`;
      const says = '`SaveVM v2 format is obsolete`';
      yield problemMatch(
        context,
        problem,
        { message, ...(isObsolete && { behaviour: { outcome: 'refused', says } }) },
        4,
      );
    }
  },
};
