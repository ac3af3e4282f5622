import { Limits } from './limits.js';

/** Whether any QEMU target can have such a page: a power of two, from 256 bytes to 64 KiB. */
export function isPageSize(bytes: number): boolean {
  if (!(bytes >= Limits.minPageSizeBytes && bytes <= Limits.maxPageSizeBytes)) return false;
  return Number.isInteger(bytes) && (bytes & (bytes - 1)) === 0;
}
