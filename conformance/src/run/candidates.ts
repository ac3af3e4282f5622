import { captureInfo, listCaptures, ruleThatCannotTell } from '@mapped-ram/fixtures';
import { readVectors } from '../vector/store.js';
import { type Expectation, expectationOf } from './expectation.js';
import { captureCase, type TestCase, vectorCase } from './vector-case.js';

/** A file that can be put to a testee, and what should come of it. */
export interface Candidate {
  readonly id: string;
  readonly testCase: TestCase;
  readonly expectation: Expectation;
}

/** Every vector on disk. */
export function vectorCandidates(): Candidate[] {
  return readVectors().map((vector) => ({
    id: vector.id,
    testCase: vectorCase(vector),
    expectation: expectationOf(vector),
  }));
}

/** Every good capture, as `captures/<id>`: it restores in those versions that were tried, and no rule may warn of it but one that cannot tell. */
export function captureCandidates(): Candidate[] {
  return listCaptures()
    .filter((id) => captureInfo(id).good)
    .map((id) => {
      const testCase = captureCase(id);
      const results = captureInfo(id).restoreResults;
      const verdict = (version: string) =>
        results[version]?.verdict === 'restores' ? 'restores' : undefined;
      const expectation = { verdict, mayWarn: ruleThatCannotTell(id) };
      return { id: testCase.id, testCase, expectation };
    });
}
