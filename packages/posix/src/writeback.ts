import { invoke } from './libc.js';
import { systemError } from './posix-error.js';
import { checkRange } from './range.js';

const SYNC_FILE_RANGE_WRITE = 2;
/** SYNC_FILE_RANGE_WAIT_BEFORE, _WRITE and _WAIT_AFTER. */
const SYNC_FILE_RANGE_WRITE_AND_WAIT = 7;
const POSIX_FADV_DONTNEED = 4;

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

/**
 * Waits until the page cache of a part of a file is written to the disk, and gives its memory back, for what is written next. A later
 * `fsync` is still needed: neither the disk's own cache nor where the part lies is made durable.
 *
 * @throws RangeError; an error as of Node's `fs`, such as `EIO` where writing failed, which `fsync` of another open of the file reports as
 * well; MappedRamError `platform-unsupported`
 */
export function finishWriteback(fd: number, byteOffset: number, lengthBytes: number): void {
  checkRange(byteOffset, lengthBytes);
  invoke('sync_file_range', fd, byteOffset, lengthBytes, SYNC_FILE_RANGE_WRITE_AND_WAIT);
  // Unlike others, this call returns the error's number.
  const errno = invoke('posix_fadvise', fd, byteOffset, lengthBytes, POSIX_FADV_DONTNEED);
  if (errno !== 0) throw systemError('posix_fadvise', errno);
}
