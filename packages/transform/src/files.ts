import { isPosixAvailable, punchHole } from '@mapped-ram/posix';
import type { ByteSource } from '@mapped-ram/reader';
import { allocatedBytes, type OpenSource } from '@mapped-ram/reader/file';
import type { SnapshotTarget } from '@mapped-ram/writer';
import { createFileTarget, type FileTarget, type PunchHole } from '@mapped-ram/writer/file';
import { type ChannelOptions, ChannelTransport } from './channel-transport.js';
import { judgedTarget } from './judged-target.js';
import { type PageTransport, pagesInTurn } from './page-transport.js';
import { copyFromPipe } from './pipe.js';
import { rememberExtents } from './remembered-extents.js';
import { openSparseFile, type SparseOptions, type SparseSource } from './sparse-source.js';

/** What an operation reads and what it makes. */
export interface FilePair {
  readonly input: string;
  readonly output: string;
  /** Replace the output if it is there. */
  readonly overwrite?: boolean | undefined;
  /** Have the output on disk when it takes its name. On if not given; without, a crash of the system may leave it incomplete. */
  readonly sync?: boolean | undefined;
  /** Ends the work: the next read throws its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How the input is opened, where it may lie in a container; as a plain file if not given. */
  readonly openSource?: OpenSource | undefined;
  /** Move pages with channels; without, or out of a container, this thread does it. */
  readonly channels?: Omit<ChannelOptions, 'signal' | 'writeback'> | undefined;
}

/** What is made, and how. */
type OutputWish = Pick<FilePair, 'output' | 'overwrite' | 'sync'>;

/** What came of an operation on files. */
export interface FileOutcome<Report> {
  readonly report: Report;
  /** Bytes that the input occupies on disk. */
  readonly inputAllocatedBytes: number;
  /** Bytes that the output occupies on disk. */
  readonly outputAllocatedBytes: number;
}

/** Makes a file out of another. */
export type FileOperation<Report> = (
  source: ByteSource,
  target: SnapshotTarget,
  transport: PageTransport,
) => Promise<Report>;

/**
 * Runs an operation from one file to another. The output is there when this returns, and whole; whatever goes wrong
 * before, there is none, or the one that was there. So it is where QEMU would not restore it.
 *
 * @param operation Gets both files, and what moves pages between them.
 * @throws MappedRamError `read-failed`, `write-failed`, `target-exists`, `not-restorable`; what the operation throws; the
 * signal's reason.
 */
export async function transformFile<Report>(
  pair: FilePair,
  operation: FileOperation<Report>,
): Promise<FileOutcome<Report>> {
  const { input, output, signal, openSource } = pair;
  const source = await openUnchanging(input, { signal, openSource });
  try {
    const target = await openTarget(pair);
    try {
      const report = await runOperation(source, target, pair, operation);
      const [inputAllocatedBytes, outputAllocatedBytes] = await Promise.all([
        allocatedBytes(input),
        allocatedBytes(output),
      ]);
      return { report, inputAllocatedBytes, outputAllocatedBytes };
    } catch (error) {
      await target.abort();
      throw error;
    }
  } finally {
    await source.close();
  }
}

/** Opens a file that nobody writes to while another is made of it. */
async function openUnchanging(path: string, options: SparseOptions): Promise<SparseSource> {
  const source = await openSparseFile(path, options);
  const { dataExtents, sizeBytes } = source;
  return dataExtents === undefined
    ? source
    : { ...source, dataExtents: rememberExtents(dataExtents, sizeBytes) };
}

/** Whatever is made is judged before it takes its name. */
async function openTarget({ output, overwrite, sync }: OutputWish): Promise<FileTarget> {
  return judgedTarget(await createFileTarget(output, { overwrite, sync, punchHole: tryPunchHole }));
}

/** When it returns, every thread that it started has ended. */
async function runOperation<Report>(
  source: SparseSource,
  target: FileTarget,
  { input, signal, channels, sync }: FilePair,
  operation: FileOperation<Report>,
): Promise<Report> {
  if (channels === undefined || !source.isPlain) return operation(source, target, pagesInTurn);
  const transport = new ChannelTransport(input, target.partPath, { ...channels, signal, writeback: sync });
  try {
    return await operation(source, target, transport);
  } finally {
    await transport.close();
  }
}

/**
 * Takes in a snapshot from a pipe.
 *
 * @throws MappedRamError as `copyFromPipe` does, `not-restorable` and `target-exists`. The output is then absent, or what it was before.
 */
export async function pipeToFile(
  input: AsyncIterable<Uint8Array>,
  wish: OutputWish,
  options: Parameters<typeof copyFromPipe>[2] = {},
): Promise<{ sizeBytes: number; allocatedBytes: number }> {
  const target = await openTarget(wish);
  try {
    const sizeBytes = await copyFromPipe(input, target, options);
    return { sizeBytes, allocatedBytes: await allocatedBytes(wish.output) };
  } catch (error) {
    await target.abort();
    throw error;
  }
}

/** Makes a hole where system and file system can. */
export const tryPunchHole: PunchHole = (descriptor, byteOffset, lengthBytes) => {
  if (!isPosixAvailable()) return false;
  try {
    punchHole(descriptor, byteOffset, lengthBytes);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EOPNOTSUPP') return false;
    throw error;
  }
};
