import { startDestination } from '@mapped-ram/fit';
import { hasErrorCode } from '@mapped-ram/format';
import type { Command } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { isContainer } from '../../shared/open-source.js';
import { lastValue } from '../../shared/option-values.js';
import { printable } from '../../shared/printable.js';
import { UsageError } from '../../shared/usage-error.js';
import { forceOption, formatOption, inputGroup } from '../file-options.js';
import { qmpOptions, qmpSocketOf, withQmp } from '../with-qemu/qmp-socket.js';
import type { AskedDestination } from './fit-file.js';

/** `mr fit` */
export const fitCommand: Command = {
  arguments: '[options] FILE (--qmp SOCKET | --to HOST.json | -- qemu-system-... ARGS)',
  description:
    'Tells whether a snapshot restores in a given machine: a QEMU that waits at -incoming defer, one that is started from its command line only to be asked, or a stored ' +
    'description of either. It looks at the machine type, memory, ROMs, devices and their slots, versions and layout of states, queues and processors, in the order in which QEMU would, and names the option that mends ' +
    'a difference. A QEMU that is started stands still, its disks are not activated, and it is ended again.',
  optionGroups: [
    {
      title: 'The destination',
      options: [
        ...qmpOptions,
        { name: 'to', value: 'HOST.json', help: 'A description that --describe wrote: no QEMU is asked.' },
        {
          name: 'describe',
          value: 'OUT.json',
          help: 'Write the description of the destination, to be compared later.',
        },
        {
          name: 'try',
          help: 'Have that QEMU restore the file, as proof; the guest never runs. Only with a command line, whose QEMU is thrown away.',
        },
        forceOption,
      ],
    },
    inputGroup,
    { title: 'What to print', options: [formatOption] },
  ],
  exitStatus: [
    ['0', 'it restores'],
    ['1', 'it does not'],
    ['2', 'a file, QEMU or an option could not be used'],
  ],
  examples: [
    ['mr fit guest.mr -- qemu-system-x86_64 -M pc-q35-10.0 -m 4G', 'does it restore there?'],
    ['mr fit --try guest.mr -- qemu-system-x86_64 -M pc-q35-10.0 -m 4G', 'and prove it'],
    ['mr fit --describe host.json guest.mr -- qemu-system-x86_64 -m 4G', 'keep what that machine accepts'],
    ['mr fit --to host.json guest.mr', 'compare later, without QEMU'],
  ],
  async run(line, context) {
    const [path, ...command] = line.paths;
    if (path === undefined) throw new UsageError('no file given');
    try {
      return await withDestination(path, line, command, context.signal, async (asked) => {
        // QEMU starts meanwhile.
        const { fitFile } = await import('./fit-file.js');
        return fitFile(path, asked, line.flags.has('try'), line, context);
      });
    } catch (error) {
      if (!hasErrorCode(error, 'start-failed')) throw error;
      context.terminal.stderr.write(`${context.program}: ${printable(error.message)}\n`);
      return ExitStatus.unusable;
    }
  },
};

/** Finds the destination in one of three ways, and lets go of it. */
async function withDestination<T>(
  path: string,
  line: CommandLine,
  command: readonly string[],
  signal: AbortSignal,
  use: (asked: AskedDestination) => Promise<T>,
): Promise<T> {
  const [socket, stored] = [qmpSocketOf(line), lastValue(line, 'to')];
  const [program, ...args] = command;
  const given = [socket, stored, program].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new UsageError(
      'one destination is needed: --qmp SOCKET, --to HOST.json, or QEMU and its arguments behind --',
    );
  }
  if (line.flags.has('try') && program === undefined) {
    throw new UsageError('--try needs a QEMU of its own: its command line behind --');
  }
  if (line.flags.has('try') && isContainer(path)) {
    throw new UsageError(
      `${path} is a container, which QEMU does not restore from: mr unpack or mr convert takes the snapshot out`,
    );
  }
  if (stored !== undefined) return use({ stored });
  if (socket !== undefined) return withQmp(socket, signal, (qmp) => use({ qmp: Promise.resolve(qmp) }));
  const starting = startDestination([program ?? '', ...args], signal);
  const qmp = starting.then((started) => started.qmp);
  // Told by whoever waits for it.
  qmp.catch(() => {});
  try {
    return await use({ qmp });
  } finally {
    await starting.then(
      (started) => started.end(),
      () => {},
    );
  }
}
