import { statfs } from 'node:fs/promises';
import { PAGES_ALIGNMENT_BYTES } from '@mapped-ram/format';
import type { QemuRamBlock } from '@mapped-ram/qmp';
import { fault, type PreflightFinding } from './finding.js';

/** Header, bitmap and the way to the next multiple of the pages' alignment. */
const AROUND_BLOCK_BYTES = 2 * PAGES_ALIGNMENT_BYTES;
/** Device state is a few hundred kilobytes, but where a device has memory of its own. */
const DEVICES_BYTES = 16 * 1024 * 1024;

/** What a snapshot takes at most, when no page is zero. */
export function largestSnapshotBytes(blocks: readonly QemuRamBlock[], byteOffset: number): number {
  const sizes = blocks.map(({ usedLength }) => usedLength + AROUND_BLOCK_BYTES);
  return sizes.reduce((sum, size) => sum + size, byteOffset + DEVICES_BYTES);
}

/**
 * Whether the disk has the room. Pages that are zero take none, and how many there are is not known before; so it is a warning. But with
 * multifd a write that fails now and then ends QEMU: the channels are taken down while they still send (seen with 10.0 and 11.1).
 *
 * @param folder where the file is to be
 */
export async function checkSpace(
  folder: string,
  wantedBytes: number,
  multifd: boolean,
): Promise<PreflightFinding[]> {
  const { bavail, bsize, blocks } = await statfs(folder);
  const freeBytes = bavail * bsize;
  // Some file systems in memory do not count.
  if (blocks === 0 || freeBytes >= wantedBytes) return [];
  const message = `${freeBytes} bytes are free in ${folder}, and the snapshot takes up to ${wantedBytes}, less what is zero`;
  if (multifd) {
    const consequence =
      'if it does not fit, QEMU may die when it uses multifd, and the guest with it, and up to 11.0 it takes a write that is cut short for a whole one, so that pages are missing from a file that "completed"';
    const help = 'make room, or save without multifd: if it does not fit then, the guest goes on';
    return [fault('low-space', 'crashes', `${message}; ${consequence}`, { help })];
  }
  const consequence = 'if it does not fit, QEMU gives up and the guest goes on';
  return [
    { code: 'low-space', severity: 'warning', outcome: 'works', message: `${message}; ${consequence}` },
  ];
}
