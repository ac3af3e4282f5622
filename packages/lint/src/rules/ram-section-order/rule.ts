import { ramSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const ramSectionOrderRule: Rule = {
  id: 'ram-section-order',
  title: 'The ram section goes on after its END, or is started twice',
  severity: 'warning',
  needs: 'headers',
  clauses: ['SECTION-7', 'SECTION-8'],
  description: `The ram section is one START, any number of PARTs, and one END. QEMU loads them in whatever order and
number they come. A file in which they do not come so was not written by QEMU, or was changed.`,
  qemu: [{ outcome: 'restores', says: 'It loads each as it comes and does not notice.' }],
  remedy: 'Take the file from its source again.',
  *check(context) {
    let previous: 'start' | 'part' | 'end' | undefined;
    for (const { section, where } of ramSections(context)) {
      const kind = section.kind === 'full' ? 'start' : section.kind;
      const isOutOfOrder = previous === 'end' || (kind === 'start' && previous !== undefined);
      if (isOutOfOrder) {
        yield {
          message: `${kind.toUpperCase()} of the ram section comes after its ${previous?.toUpperCase()}.`,
          span: { byteOffset: section.byteOffset, byteLength: section.byteLength },
          where,
        };
      }
      previous = kind;
    }
  },
};
