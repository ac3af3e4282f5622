import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Destination,
  describeDestination,
  type FitReport,
  fitSnapshot,
  parseDestination,
  startDestination,
  type TriedRestore,
  tryRestore,
} from '@mapped-ram/fit';
import { hasErrorCode, IGNORE_SHARED_CAPABILITY, MappedRamError } from '@mapped-ram/format';
import type { QmpClient } from '@mapped-ram/qmp';
import type { Command, CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { isContainer } from '../../shared/open-source.js';
import { lastValue } from '../../shared/option-values.js';
import { printable, printableJson } from '../../shared/printable.js';
import { UsageError } from '../../shared/usage-error.js';
import { aboutFile, FileError } from '../file-error.js';
import {
  forceOption,
  formatOption,
  inputGroup,
  inputOptions,
  openerOption,
  wantsJson,
} from '../file-options.js';
import { readMachineRecord } from '../machine-record.js';
import { writeOutputFile } from '../output-file.js';
import { qmpOptions, qmpSocketOf, withQmp } from '../with-qemu/qmp-socket.js';
import { fitText } from './fit-text.js';

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
      return await withDestination(path, line, command, context, async ({ described, qmp }) => {
        const report = await fit(path, described, line, context);
        const destination = await described;
        const describe = lastValue(line, 'describe');
        if (describe !== undefined) {
          const text = `${JSON.stringify(destination, null, 1)}\n`;
          await writeOutputFile(describe, text, line.flags.has('force'));
        }
        const isTried = line.flags.has('try') && qmp !== undefined;
        const tried = isTried ? await proof(await qmp, path, report) : undefined;
        context.terminal.stdout.write(
          wantsJson(line)
            ? printableJson(toJson(path, destination, report, tried))
            : fitText(path, destination, report, tried),
        );
        const restores = tried === undefined ? report.verdict === 'restores' : tried.outcome === 'restores';
        return restores ? ExitStatus.ok : ExitStatus.errorsFound;
      });
    } catch (error) {
      if (!hasErrorCode(error, 'start-failed')) throw error;
      context.terminal.stderr.write(`${context.program}: ${printable(error.message)}\n`);
      return ExitStatus.unusable;
    }
  },
};

/** A destination that is asked, while the file is read. */
interface AskedDestination {
  readonly described: Promise<Destination>;
  /** A QEMU that is thrown away. */
  readonly qmp?: Promise<QmpClient>;
}

/** Finds the destination in one of three ways, and lets go of it. */
async function withDestination<T>(
  path: string,
  line: CommandLine,
  command: readonly string[],
  { signal }: CommandContext,
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
  if (stored !== undefined) return use({ described: readDestination(stored) });
  if (socket !== undefined) {
    return withQmp(socket, signal, (qmp) => use({ described: describeDestination(qmp) }));
  }
  const starting = startDestination([program ?? '', ...args], signal);
  const qmp = starting.then((started) => started.qmp);
  const described = qmp.then((client) => describeDestination(client));
  try {
    return await use({ described, qmp });
  } finally {
    // What kept it from starting, or from answering, is told by whoever waits for it.
    await described.catch(() => {});
    await starting.then(
      (started) => started.end(),
      () => {},
    );
  }
}

async function readDestination(path: string): Promise<Destination> {
  try {
    return parseDestination(await readFile(path, 'utf8'));
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(path, new MappedRamError('read-failed', { what, cause }));
  }
}

async function fit(
  path: string,
  destination: Promise<Destination>,
  line: CommandLine,
  context: CommandContext,
): Promise<FitReport> {
  const { signal } = context;
  const { streamOffset } = inputOptions(line);
  const { source } = await aboutFile(path, openerOption(line).openSource(path));
  try {
    const record = await readMachineRecord(path, source.sizeBytes, context);
    return await aboutFile(path, fitSnapshot(source, destination, { streamOffset, record, signal }));
  } finally {
    await source.close();
  }
}

/** Has QEMU restore the file, with what the file wants of its capabilities. */
function proof(qmp: QmpClient, path: string, { report }: FitReport): Promise<TriedRestore> {
  const { streamOffset = 0, capabilities = [] } = report.snapshot ?? {};
  const others = capabilities.filter((name) => name === IGNORE_SHARED_CAPABILITY);
  const offset = streamOffset === 0 ? '' : `,offset=${streamOffset}`;
  return tryRestore(qmp, `file:${resolve(path)}${offset}`, others);
}

function toJson(
  path: string,
  { states, ...destination }: Destination,
  report: FitReport,
  tried?: TriedRestore,
): unknown {
  const { verdict, findings } = report;
  return {
    ...{ version: 1, command: 'mr fit', file: path, verdict, findings },
    destination: { ...destination, states: states.map(({ body, ...state }) => state) },
    ...(tried !== undefined && { tried }),
  };
}
