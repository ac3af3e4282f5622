import { existsSync, readFileSync } from 'node:fs';
import { matchesGlob } from '../vector/glob.js';
import type { RunResult } from './expectation.js';

/** A failure that is known: of which vectors, and why. */
export interface KnownFailure {
  readonly pattern: string;
  readonly reason: string;
}

/**
 * Reads a `known-failing.txt`: a line is `<id or pattern>: <reason>`; `#` begins a comment.
 *
 * @throws SyntaxError where a line has no reason.
 */
export function parseKnownFailing(text: string): KnownFailure[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, pattern, reason] = /^(\S+):\s+(\S.*)$/.exec(line.trim()) ?? [];
      if (pattern === undefined || reason === undefined) {
        throw new SyntaxError(`known-failing.txt: "${line}" must be "<vector>: <reason>"`);
      }
      return { pattern, reason };
    });
}

/** The known failures of a testee; none where it has no such file. */
export function readKnownFailing(path: string): KnownFailure[] {
  return existsSync(path) ? parseKnownFailing(readFileSync(path, 'utf8')) : [];
}

/**
 * Turns failures that are known into `known-failing`. A vector that is listed and fails nowhere becomes an
 * `unexpected-pass`: its line has to go.
 */
export function applyKnownFailing(
  results: readonly RunResult[],
  known: readonly KnownFailure[],
): RunResult[] {
  const listed = (id: string) => known.find(({ pattern }) => matchesGlob(id, pattern));
  const failing = new Set(results.filter(({ status }) => failsTheRun(status)).map(({ id }) => id));
  return results.map((result) => {
    const failure = listed(result.id);
    if (failure === undefined) return result;
    if (failsTheRun(result.status)) return { ...result, status: 'known-failing', detail: failure.reason };
    if (failing.has(result.id) || result.status === 'skipped') return result;
    return { ...result, status: 'unexpected-pass', detail: `listed in known-failing.txt: ${failure.reason}` };
  });
}

/** Whether a result of this status makes the run fail. */
export function failsTheRun(status: RunResult['status']): boolean {
  return status !== 'passed' && status !== 'skipped' && status !== 'known-failing';
}
