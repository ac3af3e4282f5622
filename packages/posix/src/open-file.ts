import { invoke } from './libc.js';

const KCMP_FILE = 0;

/** A descriptor of a process. */
export interface ProcessDescriptor {
  readonly pid: number;
  readonly fd: number;
}

/**
 * The access mode and status flags of a descriptor's open file (`fcntl` F_GETFL), to be read with the `O_` constants of
 * `node:fs`. The kernel adds O_LARGEFILE, which those constants lack.
 *
 * @throws an error as of Node's `fs`, `EBADF` where the descriptor is not open; MappedRamError `platform-unsupported`
 */
export function statusFlags(fd: number): number {
  return invoke('getStatusFlags', fd);
}

/**
 * Whether two descriptors share one open file (`kcmp` KCMP_FILE): position and status flags are then common. Duplicates and
 * inherited descriptors do; two opens of the same path do not.
 *
 * @throws an error as of Node's `fs`: `EBADF`; `EPERM` for a process of somebody else; `ENOSYS` where the kernel was built without;
 * MappedRamError `platform-unsupported`
 */
export function sharesOpenFile(a: ProcessDescriptor, b: ProcessDescriptor): boolean {
  return invoke('kcmp', a.pid, b.pid, KCMP_FILE, a.fd, b.fd) === 0;
}
