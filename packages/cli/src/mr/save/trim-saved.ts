import { MappedRamError } from '@mapped-ram/format';
import { type TrimInPlaceReport, trimInPlace } from '@mapped-ram/transform';
import { trimLines } from '../trim/trim-text.js';

/** What came of trimming a file that was just saved. */
export type SavedTrim =
  | { readonly kind: 'trimmed'; readonly report: TrimInPlaceReport }
  /** The file is as it was saved. */
  | { readonly kind: 'left'; readonly reason: string };

/**
 * Drops from a file what its Linux guest does not use. The guest is saved, whatever comes of this: where it cannot be done, and where it is cut
 * short, the file restores as before.
 *
 * @throws What is no MappedRamError and no abort: a fault of the program.
 */
export async function trimSaved(
  path: string,
  options: { readonly streamOffset?: number | undefined; readonly signal?: AbortSignal | undefined },
): Promise<SavedTrim> {
  try {
    return { kind: 'trimmed', report: await trimInPlace(path, options) };
  } catch (error) {
    if (options.signal?.aborted === true) return { kind: 'left', reason: 'it was interrupted' };
    if (error instanceof MappedRamError) return { kind: 'left', reason: error.message };
    throw error;
  }
}

/** The same for people. */
export function savedTrimLines(path: string, trim: SavedTrim): string[] {
  if (trim.kind === 'left') return [`${path}: not trimmed: ${trim.reason}`];
  const { allocatedBytesBefore: before, allocatedBytesAfter: after } = trim.report;
  return trimLines({ path, report: trim.report, disk: { before, after } });
}

/** The same for programs. */
export function savedTrimJson(trim: SavedTrim): Readonly<Record<string, unknown>> {
  return trim.kind === 'left' ? { left: trim.reason } : { ...trim.report };
}
