import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MappedRamError } from '@mapped-ram/format';

/**
 * Makes sure that a file system has room for a file, before the first byte of it is written.
 *
 * @param path Of the file, which need not be there.
 * @param lengthBytes What it takes on disk.
 * @throws MappedRamError `write-failed` where that is more than is left.
 */
export async function checkFreeSpace(path: string, lengthBytes: number): Promise<void> {
  // Where this cannot be asked, writing will tell.
  const found = await statfs(dirname(path)).catch(() => undefined);
  if (found === undefined || found.blocks === 0) return;
  const freeBytes = found.bavail * found.bsize;
  if (lengthBytes <= freeBytes) return;
  const what = `no space left on device: the file takes ${lengthBytes} bytes, and its file system has ${freeBytes}`;
  throw new MappedRamError('write-failed', { what });
}
