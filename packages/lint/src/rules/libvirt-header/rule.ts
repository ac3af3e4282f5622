import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['bad-libvirt-header'] as const;

export const libvirtHeaderRule: Rule = {
  id: 'libvirt-header',
  title: 'The libvirt header cannot be used',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['CONTAINER-3', 'CONTAINER-6'],
  description: `A libvirt save image starts with a header of 92 bytes that says where the migration stream begins. With
a header that contradicts itself or the file there is nothing to start from.

The prediction is about libvirt: QEMU never sees this header.`,
  qemu: [
    {
      outcome: 'refused',
      says: 'libvirt finds no stream behind the header and does not start QEMU, or QEMU says `Not a migration stream`.',
    },
  ],
  remedy:
    'Take the image from its source again. Where the stream is whole, `--offset` lets it be checked alone.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      yield problemMatch(context, problem, { message: 'The libvirt header does not fit the file.' });
    }
  },
};
