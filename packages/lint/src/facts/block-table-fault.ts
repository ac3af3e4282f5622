import type { Problem } from '@mapped-ram/reader';

/**
 * Whether a `bad-block-table` is about a name that no block can have, rather than about lengths that do not add up.
 * An empty name is the mark of the latter: the table goes on in zeros.
 */
export function isBadName({ error }: Problem): boolean {
  return error.path?.endsWith('.idstr') === true && error.actual !== undefined;
}
