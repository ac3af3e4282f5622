import { hex } from '../../facts/quantities.js';
import { ramSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const ramSizeRepeatedRule: Rule = {
  id: 'ram-size-repeated',
  title: 'There is more than one block table',
  severity: 'warning',
  needs: 'headers',
  clauses: ['RAM-4', 'RAM-5'],
  description: `The block table is in the START of the ram section, once. QEMU loads another one as it comes, over what
it has loaded before.`,
  qemu: [{ outcome: 'restores', says: 'It loads each table as it comes.' }],
  remedy: 'Take the file from its source again: QEMU does not write such a file.',
  *check(context) {
    const tables = ramSections(context).flatMap(({ section, where }) =>
      (section.ram?.blockTables ?? []).map((table) => ({ table, where })),
    );
    for (const { table, where } of tables.slice(1)) {
      yield {
        message: `A second block table starts at ${hex(table.byteOffset)}.`,
        span: { byteOffset: table.byteOffset - 8, byteLength: 8 },
        where: `${where}.ram`,
      };
    }
  },
};
