import { MappedRamError, type MappedRamErrorCode } from '@mapped-ram/format';

const NOT_ABOUT_CONTENTS: readonly MappedRamErrorCode[] = [
  'read-failed',
  'short-read',
  'write-failed',
  'target-exists',
];

/**
 * Whether an error is about what the file holds. What it is not about, a failed read, an abort or a fault of ours, must
 * never be taken for a property of the file.
 */
export function isAboutContents(error: unknown): error is MappedRamError {
  return error instanceof MappedRamError && !NOT_ABOUT_CONTENTS.includes(error.code);
}

/** Passes on every error that is not about the file's contents, and returns the others. */
export function contentsErrorOf(error: unknown): MappedRamError {
  if (isAboutContents(error)) return error;
  throw error;
}
