import { allOrFew, captureInfo, listCaptures } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';
import { testedCaptureCandidates, testedVectors } from '../testing/tested-candidates.js';

const RUNS = [
  ['our reader and linter pass the vectors', 'ts', testedVectors],
  ['a quick run gives the same verdicts, but for what is listed', 'ts-quick', testedVectors],
  ['the good captures restore, and no rule warns of them', 'ts', testedCaptureCandidates],
] as const;

test.each(allOrFew<(typeof RUNS)[number]>(RUNS, RUNS.slice(0, 1)))('%s', async (_, testee, candidates) => {
  const results = await runCandidates(testee, candidates());
  expect(results.length).toBeGreaterThan(4);
  expect(results.filter(({ status }) => failsTheRun(status))).toEqual([]);
});

test('there are good captures', () => {
  expect(listCaptures().filter((id) => captureInfo(id).good).length).toBeGreaterThan(40);
});
