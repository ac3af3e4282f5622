import type { LintContext } from '../../context.js';
import { isCompressedFormat } from '../../facts/libvirt-formats.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import { hex } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

const problems = ['not-a-migration-stream'] as const;

/** What may explain it. */
function explanation({ snapshot, file }: LintContext): string {
  const { libvirt } = snapshot;
  if (libvirt === undefined) {
    const { otherFile, streamElsewhere } = file;
    if (otherFile !== undefined) {
      const { kind, advice } = otherFile;
      return advice === undefined ? `: this is ${kind}` : `: this is ${kind}; ${advice}`;
    }
    if (streamElsewhere === undefined) return '';
    return `; one seems to start at ${hex(streamElsewhere)}: try \`--offset ${streamElsewhere}\``;
  }
  if (isCompressedFormat(libvirt.format)) return ', because libvirt compressed it';
  return `, where the libvirt header says that it starts`;
}

export const notAMigrationStreamRule: Rule = {
  id: 'not-a-migration-stream',
  title: 'There is no migration stream',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['STREAM-1', 'STREAM-2', 'CONTAINER-2'],
  description: `A migration stream starts with the four bytes \`QEVM\`. A stream may start at any offset of a file, and
nothing in the file marks the place: it has to be given with \`--offset\`, as it was when the file was saved. In a
libvirt save image it is found by the header.`,
  qemu: [{ outcome: 'refused', says: '`Not a migration stream`' }],
  remedy: 'Give the offset at which the stream starts (`--offset`), or the right file.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const at = hex(problem.error.byteOffset ?? context.snapshot.streamOffset);
      const message = `The bytes at ${at} do not begin a migration stream${explanation(context)}.`;
      yield problemMatch(context, problem, { message }, 4);
    }
  },
};
