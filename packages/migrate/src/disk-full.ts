import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '@mapped-ram/format';
import { MigrateError } from './migrate-error.js';

/** Less than a block's alignment: nothing more would have fitted. */
const NOTHING_LEFT_BYTES = 1024 * 1024;

/**
 * Says of a save that failed because the disk is full that this is why; every other error stays as it is. To be asked while what was written is
 * still there.
 *
 * @param path of the file
 */
export async function orDiskFull(error: unknown, path: string): Promise<unknown> {
  if (!hasErrorCode(error, 'migration-failed')) return error;
  const folder = dirname(path);
  const freeBytes = await freeBytesOf(folder);
  const isFull =
    error.what.includes('No space left') || (freeBytes ?? Number.POSITIVE_INFINITY) < NOTHING_LEFT_BYTES;
  if (!isFull) return error;
  const left = freeBytes === undefined ? '' : `: ${freeBytes} bytes were left in ${folder}`;
  const message = `the disk is full${left}; make room, or save somewhere else. QEMU says: ${error.what}`;
  return new MigrateError('migration-failed', message, { cause: error });
}

/** Some file systems in memory do not count. */
async function freeBytesOf(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    return blocks === 0 ? undefined : bavail * bsize;
  } catch {
    return undefined;
  }
}
