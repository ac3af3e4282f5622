import type { MappedRamErrorCode, QuotedValue } from '@mapped-ram/format';

/** The parts of an error that Node's file functions throw. Posting the error itself would lose all but the message. */
export type SystemError = Pick<NodeJS.ErrnoException, 'message' | 'code' | 'errno' | 'syscall'>;

/** What went wrong with a place, in a form that can be posted between threads. */
export interface IoFailure {
  readonly code: Extract<
    MappedRamErrorCode,
    'read-failed' | 'write-failed' | 'short-read' | 'unexpected-end'
  >;
  readonly what: string;
  /** In the place that was read or written. */
  readonly byteOffset?: number | undefined;
  readonly expected?: QuotedValue | undefined;
  readonly actual?: QuotedValue | undefined;
  readonly system?: SystemError | undefined;
}

/** Carries a failure out of the code that met it. Never leaves the package. */
export class IoError extends Error {
  override readonly name = 'IoError';

  constructor(readonly failure: IoFailure) {
    super(failure.what);
  }
}

/** Takes an error of the system apart, to be posted. */
export function takeApart(error: unknown): SystemError {
  const { message, code, errno, syscall } = error as NodeJS.ErrnoException;
  return {
    message,
    ...(code !== undefined && { code }),
    ...(errno !== undefined && { errno }),
    ...(syscall !== undefined && { syscall }),
  };
}
