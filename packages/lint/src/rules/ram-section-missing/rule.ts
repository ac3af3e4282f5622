import { ramSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const ramSectionMissingRule: Rule = {
  id: 'ram-section-missing',
  title: 'There is no ram section',
  severity: 'error',
  needs: 'headers',
  clauses: ['SECTION-7', 'RAM-1', 'RAM-4'],
  description: `Guest memory is in the section \`ram\`; every machine writes one, even one without memory. QEMU does not
miss it: the guest then starts with empty memory.`,
  qemu: [
    {
      outcome: 'wrong-memory',
      says: 'Completes without an error; the memory stays as the destination was started.',
    },
  ],
  remedy:
    'Take the file from its source again: without the section its block table and with it all memory is lost.',
  *check(context) {
    const { configuration, endMarkerOffset, sections } = context.snapshot;
    if (endMarkerOffset === undefined || ramSections(context).length > 0) return;
    yield {
      message: 'The stream ends without a section for guest memory.',
      span: { byteOffset: endMarkerOffset, byteLength: 1 },
      where: 'sections',
      // Of a stream without anything it is not to be believed that it was to have no configuration section.
      ...(configuration === undefined &&
        sections.length === 0 && {
          behaviour: {
            outcome: 'refused',
            says: '`Configuration section missing`; a destination that expects none completes with empty memory.',
          },
        }),
    };
  },
};
