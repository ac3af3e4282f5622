import { quoteName } from '../../facts/names.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['bad-configuration'] as const;

/** The only version of each subsection that there is. */
const SUBSECTION_VERSION = 1;

export const configurationMalformedRule: Rule = {
  id: 'configuration-malformed',
  title: 'The configuration section cannot be read',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['CONFIG-3', 'CONFIG-4'],
  description: `The subsections of the configuration have a name and a version, but no length. One that QEMU does not
know, or of another version, cannot be skipped and ends the restore.`,
  qemu: [
    {
      from: '10.2',
      outcome: 'refused',
      says: "`VM subsection '...' in 'configuration' does not exist`, or `... incoming version_id ... is too new`.",
    },
    {
      outcome: 'refused',
      says: '`load of migration failed: No such file or directory`, or `... incoming version_id ... is too new`.',
    },
  ],
  remedy: 'Take the file from its source again, or restore with the QEMU that wrote it.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const message = `The configuration section cannot be read: ${problem.error.message}.`;
      yield problemMatch(context, problem, { message });
    }
    for (const [
      index,
      { name, versionId, ...span },
    ] of context.snapshot.configuration?.subsections.entries() ?? []) {
      if (versionId === SUBSECTION_VERSION) continue;
      const isTaken = (versionId & 0xff) === SUBSECTION_VERSION;
      yield {
        message: `The subsection ${quoteName(name)} has version ${versionId}.`,
        span,
        where: `configuration.subsections[${index}]`,
        expected: String(SUBSECTION_VERSION),
        actual: String(versionId),
        ...(isTaken && {
          behaviour: {
            outcome: 'restores',
            says: 'It keeps the lowest byte of the version, which is right.',
          },
        }),
      };
    }
  },
};
