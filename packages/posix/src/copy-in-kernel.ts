import { invoke } from './libc.js';
import { checkRange } from './range.js';

const SEEK_SET = 0;

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
  return untilDone(lengthBytes, (restBytes) =>
    invoke('copy_file_range', sourceFd, source, targetFd, target, restBytes, 0),
  );
}

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
  return untilDone(lengthBytes, (restBytes) => invoke('sendfile', targetFd, sourceFd, source, restBytes));
}

/** Goes on until all is copied or the source has ended. @param copy Copies some of the rest, and says how much. */
function untilDone(lengthBytes: number, copy: (restBytes: number) => number): number {
  let copiedBytes = 0;
  while (copiedBytes < lengthBytes) {
    const bytes = copy(lengthBytes - copiedBytes);
    if (bytes === 0) break;
    copiedBytes += bytes;
  }
  return copiedBytes;
}
