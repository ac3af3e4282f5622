import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { MappedRamError } from '@mapped-ram/format';
import { alignedBuffer, memoryAddress } from '@mapped-ram/posix';
import { readExactly } from './read-exactly.js';
import { writeExactly } from './write-exactly.js';

/** What offset, length and memory address have to be multiples of for direct I/O: enough for every disk. */
export const DIRECT_ALIGNMENT_BYTES = 4096;

/** A file that threads read or write at the same time, at places. */
export interface JobFile {
  readonly descriptor: number;
  /** A second open of it that goes past the page cache. */
  readonly direct?: number | undefined;
  /** For messages. */
  readonly name: string;
}

/** How a file is opened. */
export interface JobFileOptions {
  /** Past the page cache, as far as alignment allows it: the ends of what is moved go through it. */
  readonly directIo?: boolean | undefined;
  /** Told where the file system has no direct I/O: it then goes through the page cache. */
  readonly onNotice?: ((notice: { readonly message: string }) => void) | undefined;
}

/** A {@link JobFile}, open. */
export interface OpenJobFile extends JobFile {
  close(): Promise<void>;
}

/**
 * Opens a file for threads.
 *
 * @param name In messages, where that is not its path.
 * @throws Node's error where it cannot be opened.
 */
export async function openJobFile(
  path: string,
  flags: 'r' | 'r+',
  { directIo = false, onNotice }: JobFileOptions,
  name = path,
): Promise<OpenJobFile> {
  const handle = await open(path, flags);
  let direct: FileHandle | undefined;
  try {
    direct = directIo ? await openDirect(handle, flags) : undefined;
    if (directIo && direct === undefined) {
      onNotice?.({ message: `${name}: there is no direct I/O here; it goes through the page cache` });
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    ...{ descriptor: handle.fd, direct: direct?.fd, name },
    async close() {
      await Promise.all([handle.close(), direct?.close()]);
    },
  };
}

/** Opens the very file once more: on a duplicate the flag would count for both. @returns undefined where that cannot be */
async function openDirect({ fd }: FileHandle, flags: 'r' | 'r+'): Promise<FileHandle | undefined> {
  const { O_DIRECT, O_RDONLY, O_RDWR } = constants;
  if (O_DIRECT === undefined || !canAlign()) return undefined;
  try {
    return await open(`/proc/self/fd/${fd}`, O_DIRECT | (flags === 'r' ? O_RDONLY : O_RDWR));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
    throw error;
  }
}

function canAlign(): boolean {
  try {
    return memoryAddress(alignedBuffer(1, DIRECT_ALIGNMENT_BYTES)) > 0n;
  } catch (error) {
    if (error instanceof MappedRamError && error.code === 'platform-unsupported') return false;
    throw error;
  }
}

/** What of an open file can be handed to threads. */
export function jobFile({ descriptor, direct, name }: OpenJobFile): JobFile {
  return { descriptor, direct, name };
}

/** Fills all of some memory from a file. @throws MappedRamError `read-failed`, `short-read` */
export function readJobFile(
  { descriptor, direct, name }: JobFile,
  target: Uint8Array,
  byteOffset: number,
): void {
  const directBytes = direct === undefined ? 0 : directLength(target, byteOffset);
  if (directBytes > 0) readExactly(direct as number, target.subarray(0, directBytes), byteOffset, name);
  readExactly(descriptor, target.subarray(directBytes), byteOffset + directBytes, name);
}

/** Writes bytes to a place in a file. @throws MappedRamError `write-failed` */
export function writeJobFile(
  { descriptor, direct, name }: JobFile,
  bytes: Uint8Array,
  byteOffset: number,
): void {
  const directBytes = direct === undefined ? 0 : directLength(bytes, byteOffset);
  if (directBytes > 0) writeExactly(direct as number, bytes.subarray(0, directBytes), byteOffset, name);
  writeExactly(descriptor, bytes.subarray(directBytes), byteOffset + directBytes, name);
}

/** Memory for what is moved, aligned where it goes past the page cache. */
export function memoryFor({ direct }: JobFile, lengthBytes: number): Uint8Array {
  return direct === undefined
    ? new Uint8Array(lengthBytes)
    : alignedBuffer(lengthBytes, DIRECT_ALIGNMENT_BYTES);
}

/** How much can go past the page cache, from the first byte on. */
function directLength(bytes: Uint8Array, byteOffset: number): number {
  if (bytes.length < DIRECT_ALIGNMENT_BYTES || byteOffset % DIRECT_ALIGNMENT_BYTES !== 0) return 0;
  if (memoryAddress(bytes) % BigInt(DIRECT_ALIGNMENT_BYTES) !== 0n) return 0;
  return bytes.length - (bytes.length % DIRECT_ALIGNMENT_BYTES);
}
