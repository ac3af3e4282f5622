import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['device-state-mismatch'] as const;

export const deviceStateMismatchRule: Rule = {
  id: 'device-state-mismatch',
  title: "A device's state does not fit its description",
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['VMDESC-5', 'VMDESC-6', 'SECTION-6'],
  description: `The vmdescription lists every field of every device with its size. Walked by it, a device's state has to end
exactly where the next footer begins, and its subsections have to be those that it names. Where they do not, bytes of
the state were lost, added or changed, or the description is not this stream's.

QEMU does not use the description. It reads the state by its own tables, and most probably fails at the same place.
Values that fit but are wrong are not noticed here; a device may refuse them.`,
  qemu: [
    {
      outcome: 'refused',
      says: '`Missing section footer for ...`, `Failed to load ...`, or `error while loading state for instance ... of device ...`',
    },
  ],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      yield problemMatch(context, problem, {
        message: `The device state does not fit: ${problem.error.message}.`,
      });
    }
  },
};
