import { commands } from '@mapped-ram/format';
import type { CommandSection, Section } from '@mapped-ram/reader';
import type { Rule, RuleMatch } from '../../rule.js';

const OPEN_RETURN_PATH = 1;
const PING = 2;
const POSTCOPY_ADVISE = 3;
const POSTCOPY_RESUME = 9;
const SWITCHOVER_START = 11;

const accepted = { outcome: 'restores', says: 'It takes note of it and goes on.' } as const;

/** What QEMU does with a command that a file does not need; undefined for those that it writes into files. */
function behaviourOf(
  { command, dataLengthBytes }: CommandSection,
  before: readonly Section[],
): RuleMatch['behaviour'] {
  switch (command) {
    case OPEN_RETURN_PATH:
    case SWITCHOVER_START:
      return undefined;
    case PING:
      return hasCommand(before, OPEN_RETURN_PATH)
        ? undefined
        : { outcome: 'refused', says: '`CMD_PING (...) received with no return path`' };
    case POSTCOPY_RESUME:
      return accepted;
    case POSTCOPY_ADVISE:
      if (dataLengthBytes !== 0)
        return { outcome: 'refused', says: '`RAM postcopy is disabled but have 16 byte advise`' };
      return hasCommand(before, POSTCOPY_ADVISE)
        ? { outcome: 'refused', says: '`CMD_POSTCOPY_ADVISE in wrong postcopy state`' }
        : accepted;
    default:
      return {
        outcome: 'refused',
        says: 'It is not in the state for it, or lacks what it needs: `load of migration failed`.',
      };
  }
}

function hasCommand(sections: readonly Section[], number: number): boolean {
  return sections.some((section) => section.kind === 'command' && section.command === number);
}

export const commandMisplacedRule: Rule = {
  id: 'command-misplaced',
  title: 'A command that makes no sense in a file',
  severity: 'warning',
  needs: 'headers',
  clauses: ['COMMAND-1', 'COMMAND-4'],
  description: `Most commands steer a live migration: postcopy, COLO, packets of sections. mapped-ram excludes them. In
files only opening the return path, ping, and switchover start are seen. QEMU refuses most of the others because it is
not in the state for them.`,
  qemu: [accepted],
  remedy: 'Take the file from its source again: QEMU does not write such a file.',
  *check({ snapshot }) {
    for (const [index, section] of snapshot.sections.entries()) {
      if (section.kind !== 'command') continue;
      const info = commands.get(section.command);
      const behaviour = behaviourOf(section, snapshot.sections.slice(0, index));
      const hasLength = info?.lengthBytes === undefined || info.lengthBytes === section.dataLengthBytes;
      if (info === undefined || behaviour === undefined || !hasLength) continue;
      yield {
        message: `The command ${section.command}, ${info.name}, has no place in a file.`,
        span: { byteOffset: section.byteOffset, byteLength: section.byteLength },
        where: `sections[${index}].command`,
        behaviour,
      };
    }
  },
};
