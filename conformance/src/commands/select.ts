import { UsageError } from '@mapped-ram/cli/command-framework';
import { matchesGlob } from '../vector/glob.js';

/**
 * Those whose id fits the pattern; all where there is none.
 *
 * @throws UsageError where none fits.
 */
export function select<T extends { readonly id: string }>(
  candidates: readonly T[],
  pattern: string | undefined,
): T[] {
  const selected = candidates.filter(fits(pattern));
  if (selected.length === 0) throw new UsageError(`no vector fits ${pattern ?? '*'}`);
  return selected;
}

/** Whether an id fits the pattern; every one does where there is none. */
export function fits(pattern: string | undefined): (candidate: { readonly id: string }) => boolean {
  return ({ id }) => pattern === undefined || matchesGlob(id, pattern);
}
