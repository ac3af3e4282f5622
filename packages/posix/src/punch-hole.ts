import { invoke } from './libc.js';
import { checkRange } from './range.js';

const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;

/**
 * Makes a range of a file read as zeros and gives its blocks back; blocks that lie only partly in the range are zeroed in place.
 * The size of the file stays. The descriptor must be open for writing.
 *
 * @throws RangeError; an error as of Node's `fs`, `EOPNOTSUPP` where the file system cannot; MappedRamError `platform-unsupported`
 */
export function punchHole(fd: number, byteOffset: number, lengthBytes: number): void {
  checkRange(byteOffset, lengthBytes);
  // The kernel refuses a length of 0.
  if (lengthBytes === 0) return;
  invoke('fallocate', fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, byteOffset, lengthBytes);
}
