import { SECTION_FOOTER_LENGTH_BYTES } from '@mapped-ram/format';
import type { Problem } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import { bitmapLoss } from '../../facts/bitmap-loss.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import { hex } from '../../facts/quantities.js';
import { stateSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';
import { cutElement } from './cut-element.js';

const problems = ['unexpected-end'] as const;

/**
 * Whether it is not the file that ends too early: without footers the end of a state that nothing describes cannot be
 * found. `device-state-not-checked` tells of that.
 */
function isEndUnknown(context: LintContext, { error }: Problem): boolean {
  const sections = stateSections(context);
  const last = sections.at(-1);
  if (last?.section.boundedBy !== 'footer-search' || error.path !== last.where) return false;
  return sections.every(({ section }) => section.footer === undefined);
}

export const streamTruncatedRule: Rule = {
  id: 'stream-truncated',
  title: 'The file ends in the middle of the stream',
  severity: 'error',
  needs: 'bitmaps',
  problems,
  clauses: ['END-1', 'STREAM-6', 'LAYOUT-6'],
  description: `The stream has to come to its end marker. A file that ends before was cut off, by a full disk or a copy that
did not finish, or the save was killed. Where a length or an offset is wrong, the stream may also seem to go on behind
the end of the file.

QEMU says something else for every element in which the stream can end. What it does with a file that ends in the
pages is another matter (see \`pages-truncated\`).`,
  qemu: [{ outcome: 'refused', says: '`load of migration failed`, with a text that depends on the place' }],
  remedy: 'Take the file from its source again, or save again.',
  *check(context) {
    // A cancelled save is reported as what it is.
    if (bitmapLoss(context) === 'cancelled') return;
    for (const problem of streamProblems(context, problems)) {
      if (isEndUnknown(context, problem)) continue;
      const { element, says } = cutElement(context, problem.error);
      const message = `The file ends at ${hex(context.file.sizeBytes)}, in ${element}.`;
      yield problemMatch(
        context,
        problem,
        { message, behaviour: { outcome: 'refused', says } },
        Math.max(
          0,
          Math.min(SECTION_FOOTER_LENGTH_BYTES, context.file.sizeBytes - (problem.error.byteOffset ?? 0)),
        ),
      );
    }
  },
};
