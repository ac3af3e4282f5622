import { memoryAddress } from './aligned-buffer.js';
import { invoke } from './libc.js';

const PROT_READ_WRITE = 3;
const MAP_PRIVATE = 0x02;
const MAP_FIXED = 0x10;

/**
 * Puts bytes of a file behind a view, instead of the memory that is there: none is read before it is looked at, and each page is copied when
 * it is first written to, which the file does not see. Until then, what changes in the file changes in the view, and a file that is cut
 * ends the process that looks (SIGBUS).
 *
 * @param view Shared memory that starts at a page of the system, as one that can grow does, in whole pages.
 * @param byteOffset In the file, also at a page.
 * @throws RangeError where the view is not whole pages; an error as of Node's `fs`, `EINVAL` where one of them is not at a page;
 * MappedRamError `platform-unsupported`
 */
export function mapFile(view: Uint8Array<SharedArrayBuffer>, fd: number, byteOffset: number): void {
  const pageBytes = invoke('getpagesize');
  // The kernel would map the rest of the last page too, over what lies behind the view.
  if (view.length % pageBytes !== 0)
    throw new RangeError(`${view.length} bytes are not whole pages of ${pageBytes}`);
  invoke('mmap', memoryAddress(view), view.length, PROT_READ_WRITE, MAP_PRIVATE | MAP_FIXED, fd, byteOffset);
}
