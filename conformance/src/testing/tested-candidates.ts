import { allOrOneIn, testedCaptures } from '@mapped-ram/fixtures';
import { type Candidate, captureCandidates, vectorCandidates } from '../run/candidates.js';

/** One vector in so many is put to a testee while somebody waits. */
const SHARE = 12;

/** The vectors that a test puts to a testee: all of them where all tests are run, and a few from everywhere otherwise. */
export function testedVectors(candidates = vectorCandidates()): readonly Candidate[] {
  return allOrOneIn(SHARE, candidates);
}

/** The same of the good captures. */
export function testedCaptureCandidates(): readonly Candidate[] {
  const ids = new Set(testedCaptures().map((id) => `captures/${id}`));
  return captureCandidates().filter(({ id }) => ids.has(id));
}
