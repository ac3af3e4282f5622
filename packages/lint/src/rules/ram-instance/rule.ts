import { ramSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const ramInstanceRule: Rule = {
  id: 'ram-instance',
  title: 'The ram section has another instance than 0',
  severity: 'error',
  needs: 'headers',
  clauses: ['SECTION-2', 'SECTION-5'],
  description: `States of one name are told apart by an instance id. There is only one guest memory, so its instance is 0
in every machine.`,
  qemu: [{ outcome: 'refused', says: "`Unknown savevm section or instance 'ram' ...`" }],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const { section, where } of ramSections(context)) {
      if (!('instanceId' in section) || section.instanceId === 0) continue;
      yield {
        message: `The ram section has instance ${section.instanceId}.`,
        span: { byteOffset: section.bodyOffset - 8, byteLength: 4 },
        where: `${where}.instanceId`,
        expected: '0',
        actual: String(section.instanceId),
        metAt: section.byteOffset,
      };
    }
  },
};
