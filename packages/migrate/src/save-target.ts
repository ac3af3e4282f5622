import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { MappedRamError } from '@mapped-ram/format';
import { dataExtents } from '@mapped-ram/posix';
import { createFileTarget, type FileTarget } from '@mapped-ram/writer/file';

/** Where a snapshot is to be. */
export interface SaveTargetOptions {
  /** Where the stream starts. What a file of that name holds before it is kept. */
  readonly byteOffset: number;
  /** Replace what is there. */
  readonly overwrite?: boolean | undefined;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Makes the file that QEMU saves to, under another name beside its own. A file of that name that ends where the stream is to start, such
 * as one with a header for it, is replaced without being asked, since nothing of it is lost; it keeps its permissions.
 *
 * @throws MappedRamError `target-exists`, `write-failed`
 */
export async function createSaveTarget(
  path: string,
  { byteOffset, overwrite = false }: SaveTargetOptions,
): Promise<FileTarget> {
  const head = byteOffset === 0 ? undefined : await statFile(path);
  if (head === undefined) return createFileTarget(path, { overwrite });
  if (head.size > byteOffset && !overwrite) {
    throw new MappedRamError('target-exists', {
      what: `${path} has ${head.size - byteOffset} bytes behind the offset, which would be lost`,
    });
  }
  return createFileTarget(path, { overwrite: true, mode: head.mode & 0o777 });
}

/**
 * Copies what comes before the stream, holes as holes.
 *
 * @throws MappedRamError `read-failed`, `write-failed`
 */
export async function copyHead(path: string, target: FileTarget, byteOffset: number): Promise<void> {
  const stats = byteOffset === 0 ? undefined : await statFile(path);
  if (stats === undefined) return;
  try {
    const head = await open(path, 'r');
    try {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, byteOffset));
      for (const extent of dataExtents(head.fd, 0, Math.min(stats.size, byteOffset))) {
        const end = extent.byteOffset + extent.lengthBytes;
        for (let at = extent.byteOffset; at < end; ) {
          const { bytesRead } = await head.read(chunk, 0, Math.min(chunk.length, end - at), at);
          if (bytesRead === 0) break;
          await target.write([{ byteOffset: at, bytes: chunk.subarray(0, bytesRead) }]);
          at += bytesRead;
        }
      }
    } finally {
      await head.close();
    }
  } catch (cause) {
    if (cause instanceof MappedRamError) throw cause;
    throw new MappedRamError('read-failed', { what: `reading ${path} failed`, cause });
  }
}

/** @returns undefined where there is no file, or none that could be kept */
async function statFile(path: string): Promise<Stats | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats : undefined;
}
