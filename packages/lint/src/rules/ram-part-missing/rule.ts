import { hasRamSection, ramSections } from '../../facts/ram-sections.js';
import { storedBlocks } from '../../facts/stored-blocks.js';
import { walkedOverMemory } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

export const ramPartMissingRule: Rule = {
  id: 'ram-part-missing',
  title: 'The ram section has no PART',
  severity: 'note',
  needs: 'headers',
  clauses: ['SECTION-7', 'SECTION-8', 'RAM-5'],
  description: `A save with memory writes at least one PART of the ram section. In a mapped-ram stream it holds an EOS word
and nothing else, so a file without it loses nothing; but it is not as QEMU wrote it.`,
  qemu: [{ outcome: 'restores', says: 'It does not notice.' }],
  remedy: 'Nothing has to be done. Find out what removed it.',
  *check(context) {
    const start = ramSections(context)[0];
    if (start === undefined || !walkedOverMemory(context) || hasRamSection(context, 'part')) return;
    if (storedBlocks(context).length === 0) return;
    const { byteOffset, byteLength } = start.section;
    yield {
      message: 'There is memory in the file, but no PART of the ram section.',
      span: { byteOffset, byteLength },
      where: start.where,
    };
  },
};
