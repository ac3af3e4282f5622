import { MappedRamError } from '@mapped-ram/format';

/** A frame that a library could not decode. */
export function undecodable(reason: string, cause?: unknown): MappedRamError {
  return new MappedRamError('bad-packed-file', { what: `a frame cannot be decoded (${reason})`, cause });
}

/**
 * Makes sure that all came out.
 *
 * @throws MappedRamError `bad-packed-file`.
 */
export function expectLength(actual: number, expected: number): void {
  if (actual === expected) return;
  throw new MappedRamError('bad-packed-file', { what: 'a frame holds another length', expected, actual });
}
