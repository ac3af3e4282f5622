import { contentsErrorCodes, MappedRamError } from '@mapped-ram/format';

/**
 * Whether an error is about what the file holds. What it is not about, a failed read, an abort or a fault of ours, must
 * never be taken for a property of the file.
 */
export function isAboutContents(error: unknown): error is MappedRamError {
  return error instanceof MappedRamError && contentsErrorCodes.includes(error.code);
}

/** Passes on every error that is not about the file's contents, and returns the others. */
export function contentsErrorOf(error: unknown): MappedRamError {
  if (isAboutContents(error)) return error;
  throw error;
}
