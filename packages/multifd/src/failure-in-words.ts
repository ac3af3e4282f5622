import { MappedRamError } from '@mapped-ram/format/errors';

/**
 * A failure with the reason of the system in its words.
 *
 * @param who Names the channel; absent where no channel was involved yet.
 */
export function failureInWords(failure: MappedRamError, who?: string): MappedRamError {
  const { code, byteOffset, expected, actual, cause } = failure;
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  const what = `${who === undefined ? '' : `${who}: `}${failure.what}${reason}`;
  return new MappedRamError(code, { what, byteOffset, expected, actual, cause });
}
