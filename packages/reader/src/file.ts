import { type BigIntStats, constants, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { booleanOption, checkOptions, MappedRamError } from '@mapped-ram/format';
import { dataExtents, isPosixAvailable, isSystemError } from '@mapped-ram/posix';
import { BlockingFile } from './blocking-file.js';
import type { ByteSource, Extent } from './byte-source.js';
import { type ContainedSource, type Container, openContained } from './containers.js';

/** The unit of `st_blocks`, whatever the file system's own block size. */
const STAT_BLOCK_BYTES = 512;

/** The most that one system call is asked for: Node refuses 2^31. */
const MAX_READ_BYTES = 1024 * 1024 * 1024;

/** How a file is read. */
export interface FileSourceOptions {
  /**
   * Open the file and do short reads in the calling thread, for one that has nothing else to do meanwhile: a signal does not end one that
   * hangs. Off if not given.
   */
  readonly blocking?: boolean | undefined;
}

/**
 * Opens a regular file for reading. `close()` closes the descriptor.
 *
 * @throws TypeError where an option is not one.
 * @throws MappedRamError `read-failed` where there is no such file, it may not be read, or it is a directory, a pipe,
 * a device or a socket.
 */
export async function openFileSource(path: string, options: FileSourceOptions = {}): Promise<ByteSource> {
  checkOptions<FileSourceOptions>(options, { blocking: booleanOption });
  const file = await openForReading(path, options);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new MappedRamError('read-failed', {
        what: `${path} cannot be read as a snapshot`,
        expected: 'a regular file',
        actual: kindOf(stats),
      });
    }
    return fileSource(path, file, stats);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Opens a file by its path, and what lies in it where it is a container. */
export type OpenSource = (path: string) => Promise<ContainedSource>;

/**
 * Opens a regular file, or the file that lies in it where it is one of some containers.
 *
 * @throws MappedRamError as {@link openFileSource} does; what opening a container throws.
 */
export async function openSource(
  path: string,
  containers: readonly Container[],
  options: FileSourceOptions = {},
): Promise<ContainedSource> {
  const file = await openFileSource(path, options);
  try {
    return await openContained(file, containers);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes that a file occupies on disk. @throws Error of the system */
export async function allocatedBytes(path: string): Promise<number> {
  const { stat } = await import('node:fs/promises');
  return bytesOnDisk(await stat(path));
}

type FileStats = Stats | BigIntStats;

/** What is used of Node's `FileHandle`. */
type OpenFile = Pick<FileHandle, 'fd' | 'close'> & {
  stat(): Promise<FileStats>;
  read(
    target: Uint8Array,
    offset: number,
    lengthBytes: number,
    byteOffset: number,
  ): Promise<{ readonly bytesRead: number }>;
};

async function openForReading(path: string, { blocking = false }: FileSourceOptions): Promise<OpenFile> {
  // Without O_NONBLOCK, opening a pipe would wait for somebody to write to it.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  try {
    if (blocking) return new BlockingFile(path, flags);
    // Loading it takes longer than what many files are read for.
    const { open } = await import('node:fs/promises');
    return await open(path, flags);
  } catch (cause) {
    if (cause instanceof TypeError) throw cause;
    throw new MappedRamError('read-failed', { what: `${path} cannot be opened: ${reasonOf(cause)}`, cause });
  }
}

/**
 * A regular file that is open already, as a source. Closing the source closes it.
 *
 * @throws MappedRamError `read-failed`.
 */
export async function handleSource(name: string, handle: FileHandle): Promise<ByteSource> {
  try {
    return fileSource(name, handle, await handle.stat());
  } catch (cause) {
    throw readFailed(name, cause, 0);
  }
}

function fileSource(name: string, file: OpenFile, stats: FileStats): ByteSource {
  const sizeBytes = Number(stats.size);
  return {
    name,
    sizeBytes,
    allocatedBytes: bytesOnDisk(stats),
    // Reading is at offsets, so that moving the descriptor's position for this does no harm.
    dataExtents: (from, to) => extentsOf(name, file.fd, from, Math.min(to, sizeBytes)),
    async read(target, byteOffset) {
      let filled = 0;
      try {
        while (filled < target.length) {
          const lengthBytes = Math.min(target.length - filled, MAX_READ_BYTES);
          const { bytesRead } = await file.read(target, filled, lengthBytes, byteOffset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
      } catch (cause) {
        throw readFailed(name, cause, byteOffset + filled);
      }
      return filled;
    },
    close: () => file.close(),
  };
}

/** One where holes cannot be asked for. */
function* extentsOf(
  name: string,
  descriptor: number,
  fromOffset: number,
  toOffset: number,
): Iterable<Extent> {
  if (toOffset <= fromOffset) return;
  if (!isPosixAvailable()) {
    yield { byteOffset: fromOffset, lengthBytes: toOffset - fromOffset };
    return;
  }
  try {
    yield* dataExtents(descriptor, fromOffset, toOffset);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw readFailed(name, cause, fromOffset);
  }
}

function bytesOnDisk({ blocks }: FileStats): number {
  return Number(blocks) * STAT_BLOCK_BYTES;
}

function kindOf(stats: FileStats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function readFailed(name: string, cause: unknown, byteOffset: number): MappedRamError {
  const what = `reading ${name} failed: ${reasonOf(cause)}`;
  return new MappedRamError('read-failed', { what, byteOffset, cause });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
