import { invoke } from './libc.js';
import { checkRange } from './range.js';

const SYNC_FILE_RANGE_WRITE = 2;

/**
 * Has the kernel begin to write a part of a file from its page cache to the disk, and does not wait for it. A later `fsync`, which is
 * still needed, has less to wait for then.
 *
 * @throws RangeError; an error as of Node's `fs`, such as `ESPIPE` where there is no disk behind the descriptor; MappedRamError `platform-unsupported`
 */
export function startWriteback(fd: number, byteOffset: number, lengthBytes: number): void {
  checkRange(byteOffset, lengthBytes);
  invoke('sync_file_range', fd, byteOffset, lengthBytes, SYNC_FILE_RANGE_WRITE);
}
