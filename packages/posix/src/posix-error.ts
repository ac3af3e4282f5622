import { getSystemErrorMap } from 'node:util';
import { MappedRamError } from '@mapped-ram/format/errors';

/**
 * The error of a system call, as those of Node's own `fs` are: `code` such as `EOPNOTSUPP` (`ERRNO_` and the number where Node knows
 * none), `errno` negative, `syscall`.
 *
 * @param syscall the call that failed, such as `fallocate`
 * @param errno as C has it, positive
 */
export function systemError(syscall: string, errno: number): NodeJS.ErrnoException {
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`ERRNO_${errno}`, 'unknown error'];
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { code, errno: -errno, syscall });
}

/** Whether an error is one that a system call returned, of this package or of Node. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The system calls of this package cannot be made here. */
export function platformUnsupported(what: string, cause?: unknown): MappedRamError {
  return new MappedRamError('platform-unsupported', { what, cause });
}
