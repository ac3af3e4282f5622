import { memoryAddress } from './aligned-buffer.js';
import { invoke } from './libc.js';

const MADV_HUGEPAGE = 14;
const MADV_NOHUGEPAGE = 15;
const MADV_POPULATE_WRITE = 23;

/**
 * Has the kernel put memory behind a view in one go, where it has none yet: memory that is filled for the first time is otherwise provided
 * page by page, on the way. Bytes that are there stay. Linux 5.14 and newer.
 *
 * @throws an error as of Node's `fs`, `EINVAL` where the kernel is older; MappedRamError `platform-unsupported`
 */
export function populateMemory(view: ArrayBufferView): void {
  advise(view, MADV_POPULATE_WRITE);
}

/**
 * Whether memory that is yet to be put behind a view is to come in large pages (2 MiB on x86-64), as far as it is aligned and the system lets
 * programs ask for that. What is there stays as it is. Whole pages are meant, also those that the view shares at its ends.
 *
 * @throws an error as of Node's `fs`, `EINVAL` where the kernel has no large pages; MappedRamError `platform-unsupported`
 */
export function preferLargePages(view: ArrayBufferView, areLarge: boolean): void {
  advise(view, areLarge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

function advise(view: ArrayBufferView, advice: number): void {
  // The kernel refuses a length of 0.
  if (view.byteLength === 0) return;
  const address = memoryAddress(view);
  const intoPage = address % BigInt(invoke('getpagesize'));
  invoke('madvise', address - intoPage, view.byteLength + Number(intoPage), advice);
}
