import { allOrFew } from '@mapped-ram/fixtures';
import { type Candidate, captureCandidates, vectorCandidates } from '../run/candidates.js';

/** One in so many is put to a testee: `npm run report`, which CI runs after the tests, puts all to all of them. */
const [SHARE = 0] = allOrFew([12], [36]);

const shareOf = (candidates: readonly Candidate[]) => candidates.filter((_, index) => index % SHARE === 0);

/** The vectors that a test puts to a testee: a few from everywhere. */
export function testedVectors(candidates = vectorCandidates()): readonly Candidate[] {
  return shareOf(candidates);
}

/** The same of the good captures. */
export function testedCaptureCandidates(): readonly Candidate[] {
  return shareOf(captureCandidates());
}
