import { invoke } from './libc.js';
import { checkRange } from './range.js';

const SEEK_DATA = 3;
const SEEK_HOLE = 4;

/** A stretch of a file that is not a hole. It may still hold zeros. */
export interface DataExtent {
  readonly byteOffset: number;
  readonly lengthBytes: number;
}

/**
 * The parts of a range of a file that are not holes, in order, cut to the range; none past the end of the file. Extents are
 * looked up one at a time, when the next is asked for, so the memory does not grow with their number. Where a file system
 * keeps no holes, all is one extent. Moves the position of the open file.
 *
 * @throws RangeError, an error as of Node's `fs`, MappedRamError `platform-unsupported`
 */
export function* dataExtents(
  fd: number,
  fromByteOffset: number,
  toByteOffset: number,
): Generator<DataExtent, void, undefined> {
  checkRange(fromByteOffset, toByteOffset - fromByteOffset);
  let at = fromByteOffset;
  while (at < toByteOffset) {
    const start = nextData(fd, at);
    if (start === undefined || start >= toByteOffset) return;
    const end = Math.min(invoke('lseek', fd, start, SEEK_HOLE), toByteOffset);
    yield { byteOffset: start, lengthBytes: end - start };
    at = end;
  }
}

/** @returns undefined where only a hole, or nothing, follows */
function nextData(fd: number, byteOffset: number): number | undefined {
  try {
    return invoke('lseek', fd, byteOffset, SEEK_DATA);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}
