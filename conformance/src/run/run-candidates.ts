import type { Candidate } from './candidates.js';
import type { Expectation, RunResult } from './expectation.js';
import { runTestee } from './run-testee.js';
import { findTestee } from './testees.js';

/** Puts everything that a testee can answer to it: see {@link runTestee}. */
export function runCandidates(testee: string, candidates: readonly Candidate[]): Promise<RunResult[]> {
  const byId = new Map(candidates.map(({ id, expectation }) => [id, expectation]));
  return runTestee(
    findTestee(testee),
    { cases: candidates.map(({ testCase }) => testCase), operations: ['judge', 'read'] },
    (id) => byId.get(id) as Expectation,
  );
}
