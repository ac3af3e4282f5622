import { argumentsOfCommand, deriveCommand, formatDomain, type MachineCommand } from '@mapped-ram/fit';
import type { Command } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue } from '../../shared/option-values.js';
import { printableJson } from '../../shared/printable.js';
import { UsageError } from '../../shared/usage-error.js';
import { aboutFile } from '../file-error.js';
import { formatOption, wantsJson } from '../file-options.js';
import { readMachineRecord } from '../machine-record.js';
import { readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';
import { commandText } from './command-text.js';

/** `mr command` */
export const commandCommand: Command = {
  arguments: '[options] FILE',
  description:
    'Writes the QEMU command line that a snapshot fits, as far as the file tells: machine, memory, processors, and every device in its slot with its options. Disks and networks are ' +
    'not in the file: placeholders stand for them, which start. What mr save --record kept beside the file is used too. It is a script for a shell; what the file does not tell stands in its comments.',
  optionGroups: [
    {
      title: 'What to write',
      options: [
        {
          name: 'libvirt',
          help: 'A domain XML for libvirt in place of the command line, with disks and networks to be put in.',
        },
        { name: 'name', value: 'NAME', help: 'What the domain is called; guest by default.' },
        formatOption,
      ],
    },
    readingGroup,
  ],
  exitStatus: [
    ['0', 'QEMU takes it as it is'],
    ['1', 'something has to be put in by hand before QEMU takes it; the comments say what'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr command guest.mr', 'the command line, as a script'],
    ['mr command guest.mr > guest.sh', 'to be kept, and changed: disks, networks, firmware'],
    ['mr command --libvirt --name web guest.mr', 'a domain for libvirt'],
    ['mr command --format json guest.mr', 'the arguments as a list'],
  ],
  async run(line, context) {
    const { terminal, signal } = context;
    const [path, ...others] = line.paths;
    if (path === undefined || others.length > 0) throw new UsageError('one FILE is needed');
    const name = lastValue(line, 'name') ?? 'guest';
    const asDomain = line.flags.has('libvirt');
    if (asDomain && wantsJson(line)) throw new UsageError('--libvirt writes XML: leave out --format');
    if (!asDomain && line.values.has('name')) throw new UsageError('--name needs --libvirt');
    const options = { ...readingOptions(line), tolerant: true, signal };
    const command = await withSnapshotFile(path, options, async ({ snapshot, source }) => {
      const record = await readMachineRecord(path, source.sizeBytes, context);
      return aboutFile(path, deriveCommand(snapshot, record));
    });
    if (asDomain) terminal.stdout.write(formatDomain(command, name));
    else
      terminal.stdout.write(
        wantsJson(line) ? printableJson(toJson(path, command)) : commandText(path, command),
      );
    return command.byHand.length === 0 ? ExitStatus.ok : ExitStatus.errorsFound;
  },
};

function toJson(file: string, command: MachineCommand): unknown {
  const { target, options, unknown, byHand } = command;
  const placeholders = options.flatMap(({ name, value, placeholder }) =>
    placeholder === undefined ? [] : [{ option: name, value, for: placeholder }],
  );
  return {
    ...{ version: 1, command: 'mr command', file, program: `qemu-system-${target}` },
    ...{ arguments: argumentsOfCommand(command), placeholders, unknown, byHand },
  };
}
