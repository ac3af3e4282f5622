import { commands } from '@mapped-ram/format';
import { countText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const commandLengthRule: Rule = {
  id: 'command-length',
  title: 'A command has data of the wrong length',
  severity: 'error',
  needs: 'headers',
  clauses: ['COMMAND-2', 'COMMAND-3'],
  description: `The header of a command gives the length of its data. For most commands it can only be one, and QEMU
refuses another.`,
  qemu: [{ outcome: 'refused', says: '`... received with bad length - expecting ..., got ...`' }],
  remedy: 'Take the file from its source again.',
  *check({ snapshot }) {
    for (const [index, section] of snapshot.sections.entries()) {
      if (section.kind !== 'command') continue;
      const { lengthBytes } = commands.get(section.command) ?? {};
      if (lengthBytes === undefined || lengthBytes === section.dataLengthBytes) continue;
      yield {
        message: `The command has ${countText(section.dataLengthBytes, 'byte')} of data instead of ${lengthBytes}.`,
        span: { byteOffset: section.byteOffset + 3, byteLength: 2 },
        where: `sections[${index}].dataLengthBytes`,
        expected: String(lengthBytes),
        actual: String(section.dataLengthBytes),
        metAt: section.byteOffset,
      };
    }
  },
};
