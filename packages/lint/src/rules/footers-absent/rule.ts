import { stateSections } from '../../facts/ram-sections.js';
import { walkedToEnd } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

export const footersAbsentRule: Rule = {
  id: 'footers-absent',
  title: 'No section has a footer',
  severity: 'note',
  needs: 'headers',
  clauses: ['FOOTER-2'],
  description: `Old machine types and the migration property \`send-section-footer=off\` leave the footers out. Nothing in
the stream says so, and a body that was read with the wrong length is noticed later or never.

The destination has to be set the same way, which the verdict takes for granted.`,
  qemu: [
    {
      outcome: 'restores',
      says: 'Restores where the destination does not expect footers either; else `Missing section footer for ram`.',
    },
  ],
  remedy: 'Nothing has to be done. A newer machine type writes footers.',
  *check(context) {
    const sections = stateSections(context);
    const first = sections[0];
    if (first === undefined || !walkedToEnd(context)) return;
    if (sections.some(({ section }) => section.footer !== undefined)) return;
    const { byteOffset, byteLength } = first.section;
    yield { message: 'The sections have no footers.', span: { byteOffset, byteLength }, where: 'sections' };
  },
};
