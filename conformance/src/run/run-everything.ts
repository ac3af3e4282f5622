import { runTasks } from '../writing/run-tasks.js';
import type { WritingTask } from '../writing/writing-task.js';
import type { Candidate } from './candidates.js';
import type { RunResult } from './expectation.js';
import { applyKnownFailing, failsTheRun } from './known-failing.js';
import { runCandidates } from './run-candidates.js';
import { smokeVectors } from './smoke.js';
import { findTestee } from './testees.js';

/** What a testee is asked. */
export interface Questions {
  readonly candidates: readonly Candidate[];
  readonly tasks: readonly WritingTask[];
  /** Ask everything, even if the testee passes none of the smoke set. */
  readonly keepGoing: boolean;
}

/** What came of it. */
export interface TesteeRun {
  readonly results: readonly RunResult[];
  /** Files that were not put to the testee, as it passes none of the smoke set. */
  readonly notAsked: number;
}

/** Puts the smoke set to a testee, and then everything else, unless it has passed nothing of that. */
export async function runEverything(
  testee: string,
  { candidates, tasks, keepGoing }: Questions,
): Promise<TesteeRun> {
  const isSmoke = ({ id }: Candidate) => smokeVectors.includes(id);
  const [smoke, rest] = [candidates.filter(isSmoke), candidates.filter((one) => !isSmoke(one))];
  const results = smoke.length === 0 ? [] : await runCandidates(testee, smoke);
  const isHopeless = results.length > 0 && smoke.every(({ id }) => fails(id, results));
  if (isHopeless && !keepGoing && rest.length + tasks.length > 0) {
    return { results, notAsked: rest.length + tasks.length };
  }
  if (rest.length > 0) results.push(...(await runCandidates(testee, rest)));
  const found = findTestee(testee);
  if (tasks.length > 0) results.push(...applyKnownFailing(await runTasks(found, tasks), found.knownFailing));
  return { results, notAsked: 0 };
}

function fails(vectorId: string, results: readonly RunResult[]): boolean {
  return results.some(({ id, status }) => id === vectorId && failsTheRun(status));
}
