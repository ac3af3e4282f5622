import { captureInfo, listCaptures } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import type { Candidate } from '../run/candidates.js';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';
import { testedCaptureCandidates, testedVectors } from '../testing/tested-candidates.js';

const failures = async (testee: string, candidates: readonly Candidate[]) =>
  (await runCandidates(testee, candidates)).filter(({ status }) => failsTheRun(status));

test('our reader and linter pass the vectors', async () => {
  expect(await failures('ts', testedVectors())).toEqual([]);
});

test('a quick run gives the same verdicts, but for what is listed', async () => {
  expect(await failures('ts-quick', testedVectors())).toEqual([]);
});

test('the good captures restore, and no rule warns of them', async () => {
  expect(listCaptures().filter((id) => captureInfo(id).good).length).toBeGreaterThan(40);
  expect(await failures('ts', testedCaptureCandidates())).toEqual([]);
});
