import { MAPPED_RAM_CAPABILITY, MappedRamError } from '@mapped-ram/format';
import {
  compareFingerprints,
  describeSnapshot,
  type FingerprintDifference,
  notInTheFile,
  type SnapshotInfo,
} from '@mapped-ram/inspect';
import type { ByteSource, Snapshot } from '@mapped-ram/reader';
import { classicStreamOf } from '@mapped-ram/transform';
import type { Command, CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { printableJson } from '../../shared/printable.js';
import { textColumns } from '../../shared/terminal.js';
import { UsageError } from '../../shared/usage-error.js';
import { aboutFile, errorText, FileError } from '../file-error.js';
import { formatOption, wantsJson } from '../file-options.js';
import { readMachineRecord } from '../machine-record.js';
import { paintFor } from '../paint.js';
import { withProgress } from '../progress.js';
import { type ReadingOptions, readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';
import { printDomainXml, redacted } from './domain-xml.js';
import { fingerprintText } from './fingerprint-text.js';
import { infoText, type RecordedInfo } from './info-text.js';

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
    {
      title: 'What to print',
      options: [
        { name: 'xml', help: 'Only the domain XML of an image of libvirt.' },
        {
          name: 'redact',
          help: 'Leave out the name and UUID of the domain; with --xml, all that does not tell how the machine is built.',
        },
        formatOption,
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
  ],

  async run(line, context) {
    const { terminal, program } = context;
    if (line.paths.length === 0) throw new UsageError('no file given');
    const isJson = wantsJson(line);
    const isFingerprint = line.flags.has('fingerprint');
    const isRedacted = line.flags.has('redact');
    if (line.flags.has('xml')) return printAllXml(line, isRedacted, context);
    const options = { ...readingOptions(line), deep: line.flags.has('deep'), wholeOnly: isFingerprint };
    const infos: RecordedInfo[] = [];
    let status: ExitStatus = ExitStatus.ok;
    for (const path of line.paths) {
      try {
        const info = await describeFile(path, options, context);
        infos.push(isRedacted ? { ...redacted(info), record: null } : info);
      } catch (error) {
        if (!(error instanceof FileError) || context.signal.aborted) throw error;
        terminal.stderr.write(`${program}: ${errorText(error)}\n`);
        status = ExitStatus.unusable;
      }
    }
    const differences = isFingerprint ? differencesFromFirst(infos) : [];
    const hasFault = isFingerprint
      ? differences.some((list) => list.length > 0)
      : infos.some(({ problems }) => problems.length > 0);

    const style = { paint: paintFor(terminal), columns: textColumns(terminal.stdout) };
    if (isJson) terminal.stdout.write(printableJson(toJson(infos, isFingerprint, differences)));
    else if (isFingerprint) terminal.stdout.write(fingerprintText(infos, differences, style));
    else terminal.stdout.write(infos.map((info) => infoText(info, style)).join('\n'));
    return status === ExitStatus.ok && hasFault ? ExitStatus.errorsFound : status;
  },
};

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

interface FileOptions extends ReadingOptions {
  readonly deep: boolean;
  /** Refuse a file that cannot be read to its end: a fingerprint would not tell of the rest. */
  readonly wholeOnly: boolean;
}

function describeFile(
  path: string,
  { deep, wholeOnly, ...openOptions }: FileOptions,
  context: CommandContext,
): Promise<RecordedInfo> {
  const { terminal, signal } = context;
  return withSnapshotFile(path, { ...openOptions, tolerant: true, signal }, async ({ snapshot, source }) => {
    const [problem] = snapshot.problems;
    if (snapshot.streamVersion === undefined) throw new FileError(path, problem?.error);
    if (wholeOnly) checkWhole(path, snapshot);
    const record = wholeOnly ? undefined : await readMachineRecord(path, source.sizeBytes, context);
    const info = await withProgress(terminal, path, (onProgress) =>
      aboutFile(path, describeSnapshot(snapshot, source, { deep, guest: true, signal, onProgress })),
    );
    return { ...asInStream(info, source), record: record ?? null };
  });
}

/** What is known of a classic stream, which is read as the snapshot that it would become: what it is itself. */
function asInStream(info: SnapshotInfo, source: ByteSource): SnapshotInfo {
  const stream = classicStreamOf(source);
  if (stream === undefined) return info;
  const capabilities = info.capabilities.filter((name) => name !== MAPPED_RAM_CAPABILITY);
  const libvirt = info.libvirt && { ...info.libvirt, format: 0 };
  return { ...info, layout: 'classic', sizeBytes: stream.sizeBytes, capabilities, libvirt };
}

/** @throws FileError where the walk over the stream did not come to its end */
function checkWhole(path: string, { problems, endMarkerOffset }: Snapshot): void {
  if (endMarkerOffset !== undefined) return;
  const stop = problems.find(({ stopped }) => stopped)?.error;
  const reason = stop === undefined ? 'its end' : stop.message;
  const what = `only a part of it could be read (${reason}), and a fingerprint would not tell of the rest`;
  throw new FileError(path, new MappedRamError('unsupported', { what }));
}

/** For each file in what it differs from the first. */
function differencesFromFirst(infos: readonly SnapshotInfo[]): FingerprintDifference[][] {
  const [first] = infos;
  return infos.map(({ fingerprint }) =>
    first === undefined ? [] : compareFingerprints(first.fingerprint, fingerprint),
  );
}

function toJson(
  infos: readonly RecordedInfo[],
  isFingerprint: boolean,
  differences: readonly FingerprintDifference[][],
): unknown {
  if (!isFingerprint) return { version: 1, notInTheFile, files: infos };
  return {
    version: 1,
    files: infos.map(({ path, fingerprint }, index) => ({
      path,
      fingerprint,
      differences: differences[index],
    })),
  };
}
