import type { Problem } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import { stateSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

const problems = ['duplicate-section-id'] as const;

/** Whether a PART or END refers to the id after two different states had it: QEMU may load it into the wrong one. */
function isAmbiguous(context: LintContext, { error }: Problem): boolean {
  const sections = stateSections(context)
    .map(({ section }) => section)
    .filter(({ sectionId }) => sectionId === error.actual);
  const names = sections.flatMap((section) => ('instanceId' in section ? [section.idstr] : []));
  const isContinued = sections.some(
    (section) => !('instanceId' in section) && section.byteOffset > (error.byteOffset ?? 0),
  );
  return isContinued && new Set(names).size > 1;
}

export const sectionIdDuplicateRule: Rule = {
  id: 'section-id-duplicate',
  title: 'Two sections have one id',
  severity: 'warning',
  needs: 'headers',
  problems,
  clauses: ['SECTION-9', 'SECTION-4'],
  description: `Every START and FULL section has an id of its own, by which PART and END sections refer to it. QEMU does
not check that. Where nothing refers to the id any more a repetition does no harm; else QEMU gives the data to the
state that it finds first, which may be the wrong one.`,
  qemu: [{ outcome: 'restores', says: 'It does not notice: nothing refers to the id any more.' }],
  remedy: 'Take the file from its source again: QEMU does not write such a file.',
  *check(context) {
    for (const problem of streamProblems(context, problems)) {
      const message = `Another section before this one has the id ${problem.error.actual}.`;
      const says =
        'It may load the sections that follow under this id into the wrong state, and refuse: `Missing section footer`.';
      yield problemMatch(
        context,
        problem,
        { message, ...(isAmbiguous(context, problem) && { behaviour: { outcome: 'refused', says } }) },
        5,
      );
    }
  },
};
