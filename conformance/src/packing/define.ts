import type { Outcome } from '@mapped-ram/lint';
import type { PackedMutation } from './packed-mutation.js';

/** What a packed file's author says; the rest of the vector is made from it. */
export interface PackedSource {
  readonly what: string;
  readonly why: string;
  readonly clauses: readonly string[];
  /** `none.zst` by default. */
  readonly base?: string;
  readonly outcome: 'accepted' | 'rejected';
  /** Of an accepted file, the lint rules that fire; none by default. */
  readonly rules?: readonly string[];
  /** What is predicted of an accepted file, by whoever has nothing but the file; it restores if not given. */
  readonly verdict?: Outcome;
  mutate(m: PackedMutation): void;
}

/** A packed file's id and source. */
export interface PackedDefinition extends PackedSource {
  readonly id: string;
  readonly base: string;
}

const DEFAULT_BASE = 'none.zst';

/** States a packed file: its slug and how it is made. */
export function packed(slug: string, source: PackedSource): PackedDefinition {
  return { base: DEFAULT_BASE, ...source, id: `packed/${slug}` };
}
