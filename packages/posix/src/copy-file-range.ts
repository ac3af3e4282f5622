import { invoke } from './libc.js';
import { checkRange } from './range.js';

/**
 * Copies bytes from one file to another inside the kernel, by reference where the file system can. Holes of the source become
 * written zeros on most file systems: copy the {@link dataExtents} of a sparse file, not all of it. Blocks until it is done, so
 * keep the ranges to some megabytes. The positions of the descriptors stay.
 *
 * @returns how many bytes were copied: fewer than asked for only where the source ends
 * @throws RangeError; an error as of Node's `fs`, `EXDEV` or `EOPNOTSUPP` where these two file systems cannot, then copy by reading and
 * writing, or with {@link sendFile}; MappedRamError `platform-unsupported`
 */
export function copyFileRange(
  sourceFd: number,
  sourceByteOffset: number,
  targetFd: number,
  targetByteOffset: number,
  lengthBytes: number,
): number {
  checkRange(sourceByteOffset, lengthBytes);
  checkRange(targetByteOffset, lengthBytes);
  // The kernel moves both on by what it copied.
  const source = BigInt64Array.of(BigInt(sourceByteOffset));
  const target = BigInt64Array.of(BigInt(targetByteOffset));
  let copiedBytes = 0;
  while (copiedBytes < lengthBytes) {
    const bytes = invoke('copy_file_range', sourceFd, source, targetFd, target, lengthBytes - copiedBytes, 0);
    if (bytes === 0) break;
    copiedBytes += bytes;
  }
  return copiedBytes;
}
