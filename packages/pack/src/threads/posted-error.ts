import { MappedRamError, type MappedRamErrorCode, type QuotedValue } from '@mapped-ram/format';

/** An error in a form that can be posted between threads: posting the error itself would lose all but the message. */
export interface PostedError {
  /** Absent where it is a fault of the code. */
  readonly code?: MappedRamErrorCode;
  readonly message: string;
  readonly byteOffset?: number | undefined;
  readonly path?: string | undefined;
  readonly expected?: QuotedValue | undefined;
  readonly actual?: QuotedValue | undefined;
  /** Of the system. */
  readonly system?: Pick<NodeJS.ErrnoException, 'message' | 'code' | 'errno' | 'syscall'> | undefined;
}

/** Takes an error apart, to be posted. */
export function takeApart(error: unknown): PostedError {
  if (!(error instanceof MappedRamError)) return { message: (error as Error).stack ?? String(error) };
  const { code, message, byteOffset, path, cause } = error;
  return { code, message, byteOffset, path, ...(cause !== undefined && { system: systemOf(cause) }) };
}

/** Puts together what was taken apart. */
export function putTogether({ code, message, byteOffset, path, system }: PostedError): Error {
  if (code === undefined) return new Error(message);
  const cause = system && Object.assign(new Error(system.message), system);
  return Object.assign(new MappedRamError(code, { what: message, cause }), { byteOffset, path });
}

function systemOf(cause: unknown): PostedError['system'] {
  const { message, code, errno, syscall } = cause as NodeJS.ErrnoException;
  return {
    message,
    ...(code !== undefined && { code }),
    ...(errno !== undefined && { errno }),
    ...(syscall !== undefined && { syscall }),
  };
}
