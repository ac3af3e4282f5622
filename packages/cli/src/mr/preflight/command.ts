import {
  type PreflightOutcome,
  type PreflightRequest,
  type PreflightResult,
  preflight,
} from '@mapped-ram/migrate';
import type { Command, CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue } from '../../shared/option-values.js';
import { printable, printableJson } from '../../shared/printable.js';
import { snapshotOption } from '../../shared/reading-options.js';
import { UsageError } from '../../shared/usage-error.js';
import { forceOption, formatOption, wantsJson } from '../file-options.js';
import { readRecordOf } from '../machine-record.js';
import { withUnpacked } from '../unpacked.js';
import { findingLines } from '../with-qemu/finding-text.js';
import { qemuFault } from '../with-qemu/qemu-fault.js';
import { qmpOptions, qmpSocketOf, withQmp } from '../with-qemu/qmp-socket.js';
import { transferOf, transferOptions } from '../with-qemu/transfer-group.js';
import { toDescriptor } from './descriptors.js';

/** `mr preflight` */
export const preflightCommand: Command = {
  arguments: '[options] save|restore (FILE | --fd FD...)',
  description:
    'Finds what would make a save or a restore fail, or end QEMU and its guest, without doing either: descriptors, file system, room, the ' +
    'settings and state of QEMU, and whether FILE restores and fits the machine. Without --qmp, only what does not depend on QEMU.',
  optionGroups: [
    {
      title: 'What to look at',
      options: [
        ...qmpOptions,
        {
          name: 'fd',
          value: 'FD',
          repeatable: true,
          help: 'In place of FILE: a descriptor that QEMU is to be handed, of this process, or PID:FD of another; in the order of add-fd.',
        },
        {
          name: 'free-page-hint',
          help: 'The guest’s balloon is to tell which pages are free: look whether there is one, and whether it can.',
        },
        snapshotOption,
        { ...forceOption, help: 'FILE may be replaced.' },
      ],
    },
    { title: 'How QEMU is to do it', options: transferOptions },
    { title: 'What to print', options: [formatOption] },
  ],
  exitStatus: [
    ['0', 'nothing speaks against it'],
    ['1', 'it would go wrong'],
    ['2', 'the socket, a descriptor or an option could not be used'],
  ],
  examples: [
    ['mr preflight --qmp qmp.sock save guest.mr', 'can the guest be saved there?'],
    ['mr preflight --qmp qmp.sock restore guest.mr', 'does the file fit this QEMU?'],
    [
      'mr preflight --qmp qmp.sock --snapshot before-upgrade restore disk.qcow2',
      'and an internal snapshot of a disk?',
    ],
    ['mr preflight --direct-io --fd 3 --fd 4 save 3>a 4>>a', 'what would QEMU do with these?'],
  ],
  async run(line, context) {
    const request = requestOf(line, context);
    const socket = qmpSocketOf(line);
    const snapshot = lastValue(line, snapshotOption.name);
    if (snapshot !== undefined && (request.role === 'save' || typeof request.file !== 'string'))
      throw new UsageError('--snapshot is for restore, from a disk image (qcow2)');
    const json = wantsJson(line);
    try {
      const result = await withPlainFile(request, context, snapshot, (plain) =>
        socket === undefined
          ? preflight(plain)
          : withQmp(socket, context.signal, (qmp) => preflight({ ...plain, qmp })),
      );
      const text = json ? printableJson(toJson(request, result)) : toText(request, result);
      context.terminal.stdout.write(text);
      const isGood = result.findings.every(({ severity }) => severity !== 'error');
      return isGood ? ExitStatus.ok : ExitStatus.errorsFound;
    } catch (error) {
      const path = typeof request.file === 'string' ? request.file : 'the descriptors';
      const fault = qemuFault(error, { socket: socket?.path ?? '', path });
      if (fault === undefined || context.signal.aborted) throw error;
      context.terminal.stderr.write(`${context.program}: ${fault.lines.map(printable).join('\n')}\n`);
      if (json) context.terminal.stdout.write(printableJson({ ...headOf(request), error: fault.json }));
      return ExitStatus.unusable;
    }
  },
};

/** Of a packed file, what was packed is looked at, and of a disk image the snapshot that is meant, as mr restore gives it to QEMU. */
function withPlainFile<T>(
  request: PreflightRequest,
  context: CommandContext,
  snapshot: string | undefined,
  use: (request: PreflightRequest) => Promise<T>,
): Promise<T> {
  const { role, file } = request;
  if (role === 'save' || typeof file !== 'string') return use(request);
  return withUnpacked(
    file,
    context,
    async (plain) => use({ ...request, file: plain, record: await readRecordOf(file, plain, context) }),
    { snapshot },
  );
}

function requestOf(line: CommandLine, { signal }: CommandContext): PreflightRequest {
  const [task, path, ...others] = line.paths;
  if (task !== 'save' && task !== 'restore') {
    throw new UsageError(task === undefined ? 'save or restore?' : `${task} is neither save nor restore`);
  }
  const descriptors = (line.values.get('fd') ?? []).map(toDescriptor);
  const isOne = (path !== undefined) !== descriptors.length > 0;
  if (!isOne || others.length > 0) throw new UsageError('one FILE is needed, or descriptors with --fd');
  return {
    role: task === 'save' ? 'save' : 'load',
    file: path ?? descriptors,
    ...transferOf(line),
    overwrite: line.flags.has('force'),
    freePageHint: line.flags.has('free-page-hint'),
    signal,
  };
}

const OUTCOMES: Readonly<Record<PreflightOutcome, string>> = {
  works: 'works',
  refused: 'FAILS',
  hangs: 'WAITS FOREVER',
  misplaced: 'GOES TO THE WRONG PLACE',
  'wrong-memory': 'WRONG MEMORY',
  crashes: 'QEMU DIES',
};

function toText({ role, file }: PreflightRequest, { outcome, findings }: PreflightResult): string {
  const what = typeof file === 'string' ? file : 'the descriptors';
  const hasError = findings.some(({ severity }) => severity === 'error');
  const words = hasError && outcome === 'works' ? 'not as wanted' : OUTCOMES[outcome];
  const head = `${role === 'save' ? 'save to' : 'restore from'} ${what}: ${words}`;
  return `${[head, ...findings.flatMap(findingLines)].map(printable).join('\n')}\n`;
}

function toJson(request: PreflightRequest, { outcome, findings }: PreflightResult): unknown {
  return { ...headOf(request), outcome, findings };
}

function headOf({ role, file }: PreflightRequest) {
  const subject = typeof file === 'string' ? { file } : { descriptors: file };
  const task = role === 'save' ? 'save' : 'restore';
  return { version: 1, command: 'mr preflight', task, ...subject };
}
