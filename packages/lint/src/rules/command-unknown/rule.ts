import { commands } from '@mapped-ram/format';
import type { Rule } from '../../rule.js';
import { versionInRange } from '../../target.js';

/** Came with 10.0, for machine types of that version and for those without one. */
const SWITCHOVER_START = 11;

export const commandUnknownRule: Rule = {
  id: 'command-unknown',
  title: 'A command that QEMU does not know',
  severity: 'error',
  needs: 'headers',
  clauses: ['COMMAND-2', 'COMMAND-3', 'COMMAND-4'],
  description: `Between the sections, commands tell the destination what to do. QEMU refuses a number that its version
does not have. The newest is 11, switchover start, which came with 10.0: QEMU 9 does not know it. It is written by
default for machine types of 10.0 and newer, and for those without a version, such as \`none\` and \`microvm\`.`,
  qemu: [{ outcome: 'refused', says: '`MIG_CMD ... unknown (len ...)`' }],
  remedy: 'Restore with QEMU 10.0 or newer; for another number, take the file from its source again.',
  *check({ snapshot, target }) {
    for (const [index, section] of snapshot.sections.entries()) {
      if (section.kind !== 'command') continue;
      const { command } = section;
      const comesLater = command === SWITCHOVER_START && !versionInRange(target.qemu, '10.0');
      if (commands.has(command) && !comesLater) continue;
      yield {
        message: `QEMU ${target.qemu} has no command ${command}.`,
        span: { byteOffset: section.byteOffset, byteLength: section.byteLength },
        where: `sections[${index}].command`,
        actual: String(command),
      };
    }
  },
};
