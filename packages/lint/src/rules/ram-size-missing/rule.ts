import { hasRamSection, ramSections } from '../../facts/ram-sections.js';
import { walkedOverMemory } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

export const ramSizeMissingRule: Rule = {
  id: 'ram-size-missing',
  title: 'The ram section has no block table',
  severity: 'error',
  needs: 'headers',
  clauses: ['RAM-4', 'BLOCK-1', 'SECTION-8'],
  description: `The START of the ram section holds a MEM_SIZE word with the sum of all lengths, and the block table. Without
them QEMU loads nothing and does not complain. A machine without memory has a sum of 0; it has no PART either.`,
  qemu: [
    {
      outcome: 'wrong-memory',
      says: 'Completes without an error; the memory stays as the destination was started.',
    },
  ],
  remedy: 'Take the file from its source again: the place of the memory in the file is lost.',
  *check(context) {
    const start = ramSections(context)[0];
    if (start === undefined || !walkedOverMemory(context)) return;
    // In a classic stream the table is read with its pages.
    if ((context.snapshot.classic?.blocks.length ?? 0) > 0) return;
    const tables = ramSections(context).flatMap(({ section }) => section.ram?.blockTables ?? []);
    if (tables.some(({ totalBytes }) => totalBytes > 0n)) return;
    if (tables.length > 0 && !hasRamSection(context, 'part')) return;
    const { bodyOffset } = start.section;
    yield {
      message:
        tables.length === 0
          ? 'No word announces a block table.'
          : 'The block table is announced with a total of 0 bytes.',
      span: { byteOffset: bodyOffset, byteLength: 8 },
      where: `${start.where}.ram`,
    };
  },
};
