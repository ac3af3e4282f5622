import { getSystemErrorMap } from 'node:util';

/** A system call failed. `code` and `syscall` are as on the errors of Node's own `fs`. */
export class PosixError extends Error {
  override readonly name = 'PosixError';
  /** The name of the errno, such as `EOPNOTSUPP`; `ERRNO_` and the number where Node knows none. */
  readonly code: string;

  /**
   * @param syscall the call that failed, such as `fallocate`
   * @param errno as C has it, positive
   */
  constructor(
    readonly syscall: string,
    readonly errno: number,
  ) {
    const [code, text] = getSystemErrorMap().get(-errno) ?? [`ERRNO_${errno}`, 'unknown error'];
    super(`${code}: ${text}, ${syscall}`);
    this.code = code;
  }
}

/** The system calls of this package cannot be made here; the message names what is missing, and `cause` has the loader's error. */
export class PosixUnavailableError extends Error {
  override readonly name = 'PosixUnavailableError';
}
