import { captureInfo, listCaptures } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import { captureCandidates, vectorCandidates } from '../run/candidates.js';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';

const failures = async (testee: string, candidates = vectorCandidates()) =>
  (await runCandidates(testee, candidates)).filter(({ status }) => failsTheRun(status));

test('our reader and linter pass every vector', async () => {
  expect(await failures('ts')).toEqual([]);
});

test('a quick run gives the same verdicts, but for what is listed', async () => {
  expect(await failures('ts-quick')).toEqual([]);
});

test('every good capture restores, and no rule warns of it', async () => {
  expect(listCaptures().filter((id) => captureInfo(id).good).length).toBeGreaterThan(40);
  expect(await failures('ts', captureCandidates())).toEqual([]);
});
