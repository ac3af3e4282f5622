import { fileURLToPath } from 'node:url';
import { allOrOneIn } from '@mapped-ram/fixtures';
import { describe, expect, it } from 'vitest';
import { vectorCandidates } from '../run/candidates.js';
import { failsTheRun } from '../run/known-failing.js';
import { runTestee } from '../run/run-testee.js';
import type { FoundTestee } from '../run/testees.js';
import { seededFaults } from './faults.js';

const dist = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

/** Our testee with a fault in its reader. */
function faultyTestee(id: string): FoundTestee {
  const program = [
    process.execPath,
    '--import',
    dist('seeded-faults/load-faulty.js'),
    dist('testees/ts-testee.js'),
  ];
  return {
    command: { name: `ts with ${id}`, command: ['env', `SEEDED_FAULT=${id}`, ...program] },
    folder: dist('.'),
    knownFailing: [],
  };
}

const candidates = new Map(vectorCandidates().map((candidate) => [candidate.id, candidate]));

async function failures(testee: FoundTestee, id: string) {
  const candidate = candidates.get(id);
  if (candidate === undefined) throw new RangeError(`there is no vector ${id}`);
  const questions = { cases: [candidate.testCase], operations: ['judge', 'read'] } as const;
  const results = await runTestee(testee, questions, () => candidate.expectation);
  return results.filter(({ status }) => failsTheRun(status));
}

it('there are ten faults at least, each with a name of its own', () => {
  expect(new Set(seededFaults.map(({ id }) => id)).size).toBe(seededFaults.length);
  expect(seededFaults.length).toBeGreaterThanOrEqual(10);
});

// That the reader without a fault passes every vector is tested elsewhere.
describe('a reader that', () => {
  it.each(allOrOneIn(7, seededFaults))('$what is caught by $caughtBy', async ({ id, caughtBy }) => {
    const failed = await failures(faultyTestee(id), caughtBy);
    expect(failed).not.toEqual([]);
    // It is wrong about the file, and does not merely break.
    expect(failed.map(({ status }) => status)).toContain('failed');
  });
});
