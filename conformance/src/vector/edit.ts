/**
 * One step of a mutation. Offsets and lengths are bytes; an offset counts in the file as the edit before left it.
 *
 * - `patch` overwrites, and may run past the end; `insert` moves what follows up; `insert-zeros` the same, as a hole;
 * - `copy` inserts at `to` a copy of what lies at `offset`, and moves what follows up;
 * - `remove` takes bytes away and moves what follows down; `zero` overwrites with zeros, as a hole;
 * - `truncate` cuts the file to a size.
 */
export type Edit =
  | { readonly op: 'patch' | 'insert'; readonly offset: number; readonly hex: string }
  | { readonly op: 'insert-zeros' | 'remove' | 'zero'; readonly offset: number; readonly length: number }
  | { readonly op: 'copy'; readonly offset: number; readonly length: number; readonly to: number }
  | { readonly op: 'truncate'; readonly size: number };
