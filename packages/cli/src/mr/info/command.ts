import type { Command, CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { jobsOf } from '../../shared/many/jobs.js';
import { manyFilesGroup } from '../../shared/many/many-options.js';
import { type OnFileProgress, resultsOfFiles } from '../../shared/many/results-of-files.js';
import { startFilePool } from '../../shared/many/start-file-pool.js';
import { sourceOpener } from '../../shared/open-source.js';
import { lastValue, oneOf } from '../../shared/option-values.js';
import { snapshotOption } from '../../shared/reading-options.js';
import { textColumns } from '../../shared/terminal.js';
import type { WorkHere } from '../../shared/thread-pool.js';
import { UsageError } from '../../shared/usage-error.js';
import { errorText, FileError } from '../file-error.js';
import { inputOptions } from '../file-options.js';
import { paintFor } from '../paint.js';
import { readingGroup, readingOptions } from '../snapshot-file.js';
import { type DescribeOptions, describeFile, type InfoResult } from './describe-file.js';
import { printDomainXml } from './domain-xml.js';
import { createInfoOutput, formats } from './info-output.js';
import type { InfoWorkerSetup } from './info-worker.js';

/** `mr info` */
export const infoCommand: Command = {
  arguments: '[options] FILE...',
  description:
    'Tells what is in a snapshot: the machine, how it was saved as far as the file tells, its memory block by block, its ' +
    'sections and devices, and a fingerprint; and what mr save --record kept beside it. Snapshots with the same fingerprint can be restored into the same machine.',
  optionGroups: [
    {
      title: 'What to look at',
      options: [
        {
          name: 'deep',
          help: 'Read the contents of the pages too: what lies under clear bits, and pages that are stored though they are zero.',
        },
        {
          name: 'fingerprint',
          help: 'Only the fingerprints; of several files also in what they differ from the first.',
        },
      ],
    },
    readingGroup,
    manyFilesGroup,
    {
      title: 'What to print',
      options: [
        { name: 'xml', help: 'Only the domain XML of an image of libvirt.' },
        {
          name: 'redact',
          help: 'Leave out the name and UUID of the domain; with --xml, all that does not tell how the machine is built.',
        },
        {
          name: 'format',
          value: 'FORMAT',
          help: 'How to report: pretty, json, or jsonl, a line of JSON for each file when it is its turn; pretty by default.',
        },
      ],
    },
  ],
  exitStatus: [
    ['0', 'all was read; with --fingerprint, all are the same'],
    ['1', 'a file is damaged and was read in part; with --fingerprint, one differs from the first'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr info guest.mr', 'what is in it?'],
    ['mr info --deep guest.mr', 'read the pages too'],
    ['mr info --xml --redact guest.save', 'the domain, to show it to others'],
    ['mr info --fingerprint a.mr b.mr', 'do both fit the same machine?'],
    ['mr info --recursive --format jsonl /var/lib/snapshots', 'of all of them, for a program'],
  ],

  async run(line, context) {
    if (line.paths.length === 0) throw new UsageError('no file given');
    const format = oneOf('format', lastValue(line, 'format') ?? 'pretty', formats);
    const isFingerprint = line.flags.has('fingerprint');
    const isRedacted = line.flags.has('redact');
    if (line.flags.has('xml')) return printAllXml(line, isRedacted, context);
    const { terminal, program } = context;
    const style = { paint: paintFor(terminal), columns: textColumns(terminal.stdout) };
    const output = createInfoOutput(format, isFingerprint, style);
    let status: ExitStatus = ExitStatus.ok;
    let hasFault = false;
    const options = { deep: line.flags.has('deep'), wholeOnly: isFingerprint, isRedacted };
    for await (const { info, said } of infosOf(line, options, context)) {
      terminal.stderr.write(said);
      if ('fault' in info) {
        terminal.stderr.write(`${program}: ${info.fault}\n`);
        status = ExitStatus.unusable;
        continue;
      }
      const file = output.file(info);
      terminal.stdout.write(file.text);
      hasFault ||= isFingerprint ? file.differs : info.problems.length > 0;
      // Nobody reads on.
      if (terminal.stdout.errored) break;
    }
    terminal.stdout.write(output.end());
    return status === ExitStatus.ok && hasFault ? ExitStatus.errorsFound : status;
  },
};

/** What is in the files, in their order. */
function infosOf(
  line: CommandLine,
  options: Pick<DescribeOptions, 'deep' | 'wholeOnly' | 'isRedacted'>,
  context: CommandContext,
): AsyncGenerator<InfoResult, void, undefined> {
  const { program, terminal, signal } = context;
  const snapshot = lastValue(line, snapshotOption.name);
  // One who waits at a terminal can end a read that hangs.
  const openSource = sourceOpener(snapshot, { blocking: terminal.stderr.isTTY !== true });
  const all = { ...inputOptions(line), ...options };
  const work = (path: string, ending: AbortSignal, onProgress: OnFileProgress) =>
    describeFile(path, { ...all, openSource }, { program, signal: ending }, onProgress);
  const startPool = async (count: number, workHere: WorkHere<string, InfoResult>) => {
    const setup: InfoWorkerSetup = { options: all, snapshot };
    return startFilePool(count, workHere, new URL('./info-worker.js', import.meta.url), setup);
  };
  const files = { paths: line.paths, recursive: line.flags.has('recursive'), jobs: jobsOf(line) };
  return resultsOfFiles({ program, ...files, work, startPool }, terminal, signal);
}

async function printAllXml(
  line: CommandLine,
  isRedacted: boolean,
  context: CommandContext,
): Promise<ExitStatus> {
  const { terminal, program } = context;
  let status: ExitStatus = ExitStatus.ok;
  for (const path of line.paths) {
    try {
      await printDomainXml(path, isRedacted, readingOptions(line), context);
    } catch (error) {
      if (!(error instanceof FileError) || context.signal.aborted) throw error;
      terminal.stderr.write(`${program}: ${errorText(error)}\n`);
      status = ExitStatus.unusable;
    }
  }
  return status;
}
