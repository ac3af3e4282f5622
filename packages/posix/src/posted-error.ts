import { MappedRamError, type MappedRamErrorCode, type QuotedValue } from '@mapped-ram/format/errors';

/** The parts of an error that Node's file functions throw, in a form that can be posted between threads. */
export type SystemError = Pick<NodeJS.ErrnoException, 'message' | 'code' | 'errno' | 'syscall'>;

/** A `MappedRamError` taken apart: posting the error itself between threads would lose all but the message. */
export interface PostedError {
  readonly code: MappedRamErrorCode;
  readonly what: string;
  readonly byteOffset?: number | undefined;
  readonly path?: string | undefined;
  readonly expected?: QuotedValue | undefined;
  readonly actual?: QuotedValue | undefined;
  /** What led to it, of the system. */
  readonly system?: SystemError | undefined;
}

/** Takes an error apart, to be posted to another thread. */
export function takeErrorApart(error: MappedRamError): PostedError {
  const { code, what, byteOffset, path, expected, actual, cause } = error;
  const system = cause === undefined ? undefined : takeSystemErrorApart(cause);
  return { code, what, byteOffset, path, expected, actual, system };
}

/** Takes an error of the system apart, to be posted to another thread. */
export function takeSystemErrorApart(error: unknown): SystemError {
  const { message, code, errno, syscall } = error as NodeJS.ErrnoException;
  return {
    message,
    ...(code !== undefined && { code }),
    ...(errno !== undefined && { errno }),
    ...(syscall !== undefined && { syscall }),
  };
}

/** The error again, in the thread that it was posted to. */
export function putErrorTogether({ code, system, ...details }: PostedError): MappedRamError {
  if (system === undefined) return new MappedRamError(code, details);
  const { message, ...rest } = system;
  return new MappedRamError(code, { ...details, cause: Object.assign(new Error(message), rest) });
}
