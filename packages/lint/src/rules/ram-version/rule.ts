import { RAM_SECTION_VERSION } from '@mapped-ram/format';
import { ramSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const ramVersionRule: Rule = {
  id: 'ram-version',
  title: 'The ram section has another version than 4',
  severity: 'error',
  needs: 'headers',
  clauses: ['RAM-3'],
  description: `The ram section has version 4 since 2009. QEMU refuses a higher one at once and a lower one when it loads
the body.`,
  qemu: [
    {
      outcome: 'refused',
      says: "`unsupported version ... for 'ram' v4`, or, of a lower one, `error while loading state for instance 0x0 of device 'ram'`",
    },
  ],
  remedy: 'Take the file from its source again.',
  *check(context) {
    for (const { section, where } of ramSections(context)) {
      if (!('versionId' in section) || section.versionId === RAM_SECTION_VERSION) continue;
      yield {
        message: `The ram section has version ${section.versionId}.`,
        span: { byteOffset: section.bodyOffset - 4, byteLength: 4 },
        where: `${where}.versionId`,
        expected: String(RAM_SECTION_VERSION),
        actual: String(section.versionId),
        metAt: section.byteOffset,
      };
    }
  },
};
