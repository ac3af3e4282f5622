import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vector } from '../vector/vector.js';
import type { FuzzForm } from './base.js';
import type { Comparison } from './judge.js';
import { editsOf, imageOf } from './plan-case.js';

/** A file that may become a vector: what has no author yet is left out. */
export type Candidate = Pick<Vector, 'id' | 'what' | 'base' | 'edits' | 'file' | 'streamOffset'> & {
  /** What was made of the base before it was edited; absent where that is nothing. */
  readonly form?: Exclude<FuzzForm, 'mapped-ram'>;
  /** Who disagree, and how. */
  readonly disagreement: Omit<Comparison, 'fuzzCase'>;
};

/** Describes a disagreement as a vector is described, with both verdicts. */
export function candidateOf({ fuzzCase, ...disagreement }: Comparison): Candidate {
  const { id, base, faults } = fuzzCase;
  const image = imageOf(fuzzCase);
  return {
    id: `fuzz/${id}`,
    what: `${faults.map(({ mutator }) => mutator).join(', ')}.`,
    base: base.captureId,
    ...(base.form !== 'mapped-ram' && { form: base.form }),
    edits: editsOf(fuzzCase),
    file: { sizeBytes: image.sizeBytes, sha256: image.sha256() },
    ...(base.streamOffset !== 0 && { streamOffset: base.streamOffset }),
    disagreement,
  };
}

/** Writes a candidate into a folder, which is made. @returns its path */
export function writeCandidate(folder: string, comparison: Comparison): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${comparison.fuzzCase.id}-${comparison.against}.json`);
  writeFileSync(path, `${JSON.stringify(candidateOf(comparison), null, 2)}\n`);
  return path;
}
