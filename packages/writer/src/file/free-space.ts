import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MappedRamError } from '@mapped-ram/format';

/** File systems of Linux whose files can share blocks: XFS, btrfs and bcachefs (`f_type` of statfs(2)). */
const SHARING: ReadonlySet<number> = new Set([0x58465342, 0x9123683e, 0xca451a4e]);

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

/** Whether what is copied by the kernel from one file to another, which need not be there, may take no room. */
export async function canShareBlocks(from: string, to: string): Promise<boolean> {
  const folder = dirname(to);
  try {
    const [source, target, { type }] = await Promise.all([stat(from), stat(folder), statfs(folder)]);
    return source.dev === target.dev && SHARING.has(type);
  } catch {
    return false;
  }
}
