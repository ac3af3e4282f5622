import type { Outcome } from '@mapped-ram/lint';
import type { Edit } from '../vector/edit.js';
import type { ExpectedBlock } from '../vector/vector.js';

/** What comes out of a packed file. */
export interface UnpackedFile {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A golden packed file, as `packed/<slug>.json` holds it. */
export interface PackedVector {
  readonly $schema: string;
  /** `packed/<slug>` */
  readonly id: string;
  /** The fault, in one sentence. */
  readonly what: string;
  /** Why it is worth a vector. */
  readonly why: string;
  /** Clauses of spec/packed.md. */
  readonly clauses: readonly string[];
  /** The packed file beside this one that the edits are applied to. */
  readonly base: string;
  /** Applied in their order; each offset counts in the file that the edit before left. */
  readonly edits: readonly Edit[];
  readonly file: UnpackedFile;
  readonly expected: {
    /** `rejected`: whoever unpacks the file has to refuse it. */
    readonly outcome: 'accepted' | 'rejected';
    /** Of an accepted file: what was packed. */
    readonly unpacked?: UnpackedFile;
    /** Of an accepted file: what a reader of the snapshot in it sees. */
    readonly blocks?: readonly ExpectedBlock[];
    /** Of an accepted file: what is predicted of it. */
    readonly verdict?: Outcome;
    /** Of an accepted file: the lint rules that fire. */
    readonly rules?: readonly string[];
  };
}
