import { stat } from 'node:fs/promises';
import { isPosixAvailable, PosixError, punchHole } from '@mapped-ram/posix';
import type { SnapshotTarget } from '@mapped-ram/writer';
import { createFileTarget, type PunchHole } from '@mapped-ram/writer/file';
import { copyFromPipe } from './pipe.js';
import { openSparseFile, type SparseSource } from './sparse-source.js';

/** The unit of `st_blocks`, whatever the file system's own block size. */
const STAT_BLOCK_BYTES = 512;

/** What an operation reads and what it makes. */
export interface FilePair {
  readonly input: string;
  readonly output: string;
  /** Replace the output if it is there. */
  readonly overwrite?: boolean | undefined;
  /** Ends the work: the next read throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of an operation on files. */
export interface FileOutcome<Report> {
  readonly report: Report;
  /** Bytes that the input occupies on disk. */
  readonly inputAllocatedBytes: number;
  /** Bytes that the output occupies on disk. */
  readonly outputAllocatedBytes: number;
}

/**
 * Runs an operation from one file to another. The output is there when this returns, and whole; whatever goes wrong
 * before, there is none, or the one that was there.
 *
 * @throws MappedRamError `read-failed`, `write-failed`, `target-exists`; what the operation throws; the signal's reason.
 */
export async function transformFile<Report>(
  { input, output, overwrite, signal }: FilePair,
  operation: (source: SparseSource, target: SnapshotTarget) => Promise<Report>,
): Promise<FileOutcome<Report>> {
  const source = await openSparseFile(input, signal);
  try {
    const target = await createFileTarget(output, { overwrite, punchHole: tryPunchHole });
    try {
      const report = await operation(source, target);
      const inputAllocatedBytes = source.allocatedBytes ?? source.sizeBytes;
      return { report, inputAllocatedBytes, outputAllocatedBytes: await allocatedBytes(output) };
    } catch (error) {
      await target.abort();
      throw error;
    }
  } finally {
    await source.close();
  }
}

/**
 * Takes in a snapshot from a pipe.
 *
 * @throws MappedRamError as `copyFromPipe` does, and `target-exists`. The output is then absent, or what it was before.
 */
export async function pipeToFile(
  input: AsyncIterable<Uint8Array>,
  { output, overwrite }: Pick<FilePair, 'output' | 'overwrite'>,
  options: Parameters<typeof copyFromPipe>[2] = {},
): Promise<{ sizeBytes: number; allocatedBytes: number }> {
  const target = await createFileTarget(output, { overwrite, punchHole: tryPunchHole });
  try {
    const sizeBytes = await copyFromPipe(input, target, options);
    return { sizeBytes, allocatedBytes: await allocatedBytes(output) };
  } catch (error) {
    await target.abort();
    throw error;
  }
}

/** Bytes that a file occupies on disk. */
export async function allocatedBytes(path: string): Promise<number> {
  return (await stat(path)).blocks * STAT_BLOCK_BYTES;
}

/** Makes a hole where system and file system can. */
export const tryPunchHole: PunchHole = (descriptor, byteOffset, lengthBytes) => {
  if (!isPosixAvailable()) return false;
  try {
    punchHole(descriptor, byteOffset, lengthBytes);
    return true;
  } catch (error) {
    if (error instanceof PosixError && error.code === 'EOPNOTSUPP') return false;
    throw error;
  }
};
