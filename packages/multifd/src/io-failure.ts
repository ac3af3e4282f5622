import { MappedRamError, type MappedRamErrorCode, type QuotedValue } from '@mapped-ram/format/errors';

/** The parts of an error that Node's file functions throw. Posting the error itself would lose all but the message. */
export type SystemError = Pick<NodeJS.ErrnoException, 'message' | 'code' | 'errno' | 'syscall'>;

/** A {@link MappedRamError} taken apart, in a form that can be posted between threads. */
export interface IoFailure {
  readonly code: MappedRamErrorCode;
  readonly what: string;
  /** In the place that was read or written. */
  readonly byteOffset?: number | undefined;
  readonly expected?: QuotedValue | undefined;
  readonly actual?: QuotedValue | undefined;
  readonly system?: SystemError | undefined;
}

/** Takes an error apart, to be posted. */
export function toIoFailure({ code, what, byteOffset, expected, actual, cause }: MappedRamError): IoFailure {
  const system = cause === undefined ? undefined : takeApart(cause);
  return { code, what, byteOffset, expected, actual, system };
}

/** Takes an error of the system apart. */
export function takeApart(error: unknown): SystemError {
  const { message, code, errno, syscall } = error as NodeJS.ErrnoException;
  return {
    message,
    ...(code !== undefined && { code }),
    ...(errno !== undefined && { errno }),
    ...(syscall !== undefined && { syscall }),
  };
}

/**
 * The error again, in the thread that it is reported in. The reason of the system becomes part of its words.
 *
 * @param who Names the channel; absent where no channel was involved yet.
 */
export function toMappedRamError({ code, what, system, ...where }: IoFailure, who?: string): MappedRamError {
  const reason = system === undefined ? '' : `: ${system.message}`;
  return new MappedRamError(code, {
    ...where,
    what: `${who === undefined ? '' : `${who}: `}${what}${reason}`,
    ...(system !== undefined && { cause: putTogether(system) }),
  });
}

/** The error of the system, in another thread. */
function putTogether({ message, ...rest }: SystemError): Error {
  return Object.assign(new Error(message), rest);
}
