import { invoke } from './libc.js';
import { checkRange } from './range.js';

const SEEK_SET = 0;

/**
 * Copies bytes from a file to one of any other file system, inside the kernel: from the page cache of the one into that of the other, so
 * that no buffer is filled in between. Blocks until it is done, so keep the ranges to some megabytes. The position of the target's descriptor is
 * moved behind what was written: let nobody else have it.
 *
 * @returns how many bytes were copied: fewer than asked for only where the source ends
 * @throws RangeError; an error as of Node's `fs`, `EINVAL` where the kernel cannot; MappedRamError `platform-unsupported`
 */
export function sendFile(
  sourceFd: number,
  sourceByteOffset: number,
  targetFd: number,
  targetByteOffset: number,
  lengthBytes: number,
): number {
  checkRange(sourceByteOffset, lengthBytes);
  checkRange(targetByteOffset, lengthBytes);
  invoke('lseek', targetFd, targetByteOffset, SEEK_SET);
  // The kernel moves it on by what it copied.
  const source = BigInt64Array.of(BigInt(sourceByteOffset));
  let copiedBytes = 0;
  while (copiedBytes < lengthBytes) {
    const bytes = invoke('sendfile', targetFd, sourceFd, source, lengthBytes - copiedBytes);
    if (bytes === 0) break;
    copiedBytes += bytes;
  }
  return copiedBytes;
}
