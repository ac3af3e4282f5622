import { isPrintable, quoteName } from '../../facts/names.js';
import { stateSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const sectionNameRule: Rule = {
  id: 'section-name',
  title: 'A section has a name that no state has',
  severity: 'error',
  needs: 'headers',
  clauses: ['SECTION-2', 'SECTION-5'],
  description: `START and FULL sections carry the name of the state that they hold, such as \`ram\` or
\`0000:00:02.0/vga\`. It is never empty and always printable.

Whether the destination has a state of a plausible name is not predicted.`,
  qemu: [
    {
      outcome: 'refused',
      says: "`Unable to read ID string for section ...`, or `Unknown savevm section or instance '...'`",
    },
  ],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const { section, where } of stateSections(context)) {
      const { idstr } = section;
      const opens = section.kind === 'start' || section.kind === 'full';
      if (!opens || idstr === undefined || (idstr !== '' && isPrintable(idstr))) continue;
      yield {
        message: `The section's name is ${idstr === '' ? 'empty' : 'not printable'}.`,
        span: { byteOffset: section.byteOffset + 5, byteLength: 1 + idstr.length },
        where: `${where}.idstr`,
        actual: quoteName(idstr),
      };
    }
  },
};
