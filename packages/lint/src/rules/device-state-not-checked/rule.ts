import { countText } from '../../facts/quantities.js';
import { stateSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const deviceStateNotCheckedRule: Rule = {
  id: 'device-state-not-checked',
  title: "A section's contents were not checked",
  severity: 'note',
  needs: 'headers',
  clauses: ['SECTION-6', 'VMDESC-2'],
  description: `A section does not say how long it is, nor what it holds. Where the vmdescription does not describe it, and its
own structure is not known, its end is found by searching for the footer, and its contents are not looked at.`,
  qemu: [
    { outcome: 'restores', says: 'Predicted as if the contents are right; damage in them is not seen here.' },
  ],
  remedy:
    'Nothing has to be done. Save with a vmdescription (`suppress-vmdesc=off`) to have the device state checked.',
  *check(context) {
    const unchecked = stateSections(context).filter(({ section }) => section.boundedBy === 'footer-search');
    const first = unchecked[0];
    if (first === undefined) return;
    const names = unchecked.map(({ section }) => section.idstr ?? `section ${section.sectionId}`);
    const shown = names.slice(0, 5).join(', ');
    const rest = names.length > 5 ? `, and ${countText(names.length - 5, 'other')}` : '';
    const { bodyOffset, bodyLengthBytes } = first.section;
    yield {
      message: `The contents of ${countText(names.length, 'section')} were not checked: ${shown}${rest}.`,
      span: { byteOffset: bodyOffset, byteLength: bodyLengthBytes },
      where: first.where,
    };
  },
};
