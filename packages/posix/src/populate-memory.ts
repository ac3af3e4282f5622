import { memoryAddress } from './aligned-buffer.js';
import { invoke } from './libc.js';

const MADV_POPULATE_WRITE = 23;

/**
 * Has the kernel put memory behind a view in one go, where it has none yet: memory that is filled for the first time is otherwise provided
 * page by page, on the way. Bytes that are there stay. Linux 5.14 and newer.
 *
 * @throws an error as of Node's `fs`, `EINVAL` where the kernel is older; MappedRamError `platform-unsupported`
 */
export function populateMemory(view: ArrayBufferView): void {
  // The kernel refuses a length of 0.
  if (view.byteLength === 0) return;
  const address = memoryAddress(view);
  const intoPage = address % BigInt(invoke('getpagesize'));
  invoke('madvise', address - intoPage, view.byteLength + Number(intoPage), MADV_POPULATE_WRITE);
}
