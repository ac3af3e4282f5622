import { problemMatch, vmdescriptionProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

export const vmdescriptionBadRule: Rule = {
  id: 'vmdescription-bad',
  title: 'The vmdescription cannot be used',
  severity: 'warning',
  needs: 'headers',
  problems: ['bad-vmdescription'],
  clauses: ['VMDESC-3', 'VMDESC-4', 'VMDESC-5'],
  description: `The vmdescription is a length and a JSON text behind the end marker. QEMU skips it without
looking at it, so that a file is restored even where it is cut, of another length, or garbage. But that shows that the end
of the file is not as it was written, and without it the device state cannot be checked.

A description that would fit a device's state if one character of it were another (a digit of a size, a letter of a
subsection's name) counts as bad too. Bytes of a state do not come or go where a file is damaged in its place, so the
description is more likely to be the damaged one.`,
  qemu: [{ outcome: 'restores', says: 'It skips the bytes without looking at them.' }],
  remedy: 'Take the file from its source again: its end is damaged.',
  *check(context) {
    const problem = vmdescriptionProblems(context)[0];
    if (problem === undefined) return;
    const message = `The vmdescription cannot be used: ${problem.error.message}.`;
    yield problemMatch(context, problem, { message, where: problem.error.path ?? 'vmdescription' });
  },
};
