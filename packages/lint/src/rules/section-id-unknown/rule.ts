import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

const problems = ['unknown-section-id'] as const;

export const sectionIdUnknownRule: Rule = {
  id: 'section-id-unknown',
  title: 'A section continues one that was never started',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['SECTION-3', 'SECTION-4'],
  description: `PART and END sections say by an id which START they continue. With an id that no section before them had,
QEMU cannot know whose state it is.`,
  qemu: [
    { from: '10.2', outcome: 'refused', says: '`Unknown section ...`' },
    { outcome: 'refused', says: '`Unknown savevm section ...`' },
  ],
  remedy: 'Take the file from its source again: a section before it is missing, or the id was changed.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const message = `No section before this one has the id ${problem.error.actual}.`;
      yield problemMatch(context, problem, { message }, 5);
    }
  },
};
