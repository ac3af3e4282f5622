import { MAPPED_RAM_CAPABILITY, MappedRamError } from '@mapped-ram/format';
import { describeSnapshot, type SnapshotInfo } from '@mapped-ram/inspect';
import type { ByteSource, Snapshot } from '@mapped-ram/reader';
import { classicStreamOf } from '@mapped-ram/transform';
import type { CommandContext } from '../../shared/command.js';
import type { OnFileProgress } from '../../shared/many/results-of-files.js';
import { aboutFile, errorText, FileError } from '../file-error.js';
import { readMachineRecord } from '../machine-record.js';
import { type ReadingOptions, withSnapshotFile } from '../snapshot-file.js';
import { redacted } from './domain-xml.js';
import type { RecordedInfo } from './info-text.js';

/** What is to be told of a file. */
export interface DescribeOptions extends ReadingOptions {
  readonly deep: boolean;
  /** Refuse a file that cannot be read to its end: a fingerprint would not tell of the rest. */
  readonly wholeOnly: boolean;
  /** Leave out who the domain is. */
  readonly isRedacted: boolean;
}

/** What is known of a file, or why it cannot be used, in a line for a terminal. */
export type FileInfo = RecordedInfo | { readonly fault: string };

/** What came of a file, and what was said of it meanwhile: it is printed when its turn has come. */
export interface InfoResult {
  readonly info: FileInfo;
  readonly said: string;
}

/**
 * Tells what is in a file.
 *
 * @throws The signal's reason, when aborted; what is no fault of the file.
 */
export async function describeFile(
  path: string,
  options: DescribeOptions,
  { program, signal }: Pick<CommandContext, 'program' | 'signal'>,
  onProgress?: OnFileProgress,
): Promise<InfoResult> {
  let said = '';
  const stderr = {
    write(text: string) {
      said += text;
    },
  };
  const terminal = { stdout: { write() {} }, stderr, env: {} };
  try {
    const info = await describe(path, options, { program, terminal, signal }, onProgress);
    return { info: options.isRedacted ? { ...redacted(info), record: null } : info, said };
  } catch (error) {
    if (!(error instanceof FileError) || signal.aborted) throw error;
    return { info: { fault: errorText(error) }, said };
  }
}

function describe(
  path: string,
  { deep, wholeOnly, ...openOptions }: DescribeOptions,
  context: CommandContext,
  onFileProgress: OnFileProgress = () => {},
): Promise<RecordedInfo> {
  const { signal } = context;
  const onProgress = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }) =>
    onFileProgress(doneBytes, totalBytes);
  return withSnapshotFile(path, { ...openOptions, tolerant: true, signal }, async ({ snapshot, source }) => {
    const [problem] = snapshot.problems;
    if (snapshot.streamVersion === undefined) throw new FileError(path, problem?.error);
    if (wholeOnly) checkWhole(path, snapshot);
    const record = wholeOnly ? undefined : await readMachineRecord(path, source.sizeBytes, context);
    const described = describeSnapshot(snapshot, source, { deep, guest: true, signal, onProgress });
    const info = await aboutFile(path, described);
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
