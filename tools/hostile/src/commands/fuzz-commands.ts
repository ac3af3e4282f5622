import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { Bounds, type CaseOutcome, runCase } from './run-case.js';

/** Which cases to run. */
export interface CommandRuns {
  readonly seed: number;
  /** The first case's number, and how many. */
  readonly from: number;
  readonly count: number;
  /** Commands whose cases alone are run; all if not given. */
  readonly only?: readonly string[] | undefined;
  /** Called after each. */
  readonly onCase?: ((number: number, outcome: CaseOutcome) => void) | undefined;
}

/** A promise that was broken. */
export interface BrokenPromise {
  readonly number: number;
  readonly outcome: CaseOutcome;
  readonly why: string;
}

/** What was seen over all cases. */
export interface CommandFigures {
  cases: number;
  /** Runs by command and exit status. */
  readonly statuses: Map<string, number>;
  /** Snapshots and streams that were made, each of which was held against lint. */
  made: number;
  slowestSeconds: number;
  slowest: number;
  largestPeakBytes: number;
  largest: number;
  readonly broken: BrokenPromise[];
  /** Numbers of cases that took too much time or memory in a process that had run others. */
  readonly suspects: number[];
}

/** Before the first case. */
export function noFigures(): CommandFigures {
  return {
    cases: 0,
    statuses: new Map(),
    made: 0,
    slowestSeconds: 0,
    slowest: 0,
    largestPeakBytes: 0,
    largest: 0,
    broken: [],
    suspects: [],
  };
}

/** Adds what was seen over other cases. */
export function addFigures(figures: CommandFigures, more: CommandFigures): void {
  figures.cases += more.cases;
  figures.made += more.made;
  for (const [key, count] of more.statuses)
    figures.statuses.set(key, (figures.statuses.get(key) ?? 0) + count);
  if (more.slowestSeconds > figures.slowestSeconds)
    Object.assign(figures, { slowestSeconds: more.slowestSeconds, slowest: more.slowest });
  if (more.largestPeakBytes > figures.largestPeakBytes)
    Object.assign(figures, { largestPeakBytes: more.largestPeakBytes, largest: more.largest });
  figures.broken.push(...more.broken);
  figures.suspects.push(...more.suspects);
}

/**
 * Runs commands on mutants and takes down what they broke. Time and memory depend on what else the process did: those that look
 * broken are to be run alone (`suspects`).
 */
export async function fuzzCommands({
  seed,
  from,
  count,
  only,
  onCase,
}: CommandRuns): Promise<CommandFigures> {
  const figures = noFigures();
  const { suspects } = figures;
  const folder = mkdtempSync(join(scratchParent, 'hostile-'));
  try {
    for (let number = from; number < from + count; number++) {
      const outcome = await runCase(folder, seed, number, only);
      if (outcome === undefined) continue;
      take(figures, number, outcome);
      if (isGreedy(outcome)) {
        // What was left of other cases may have been cleared up in this one's time.
        global.gc?.();
        const again = await runCase(folder, seed, number);
        if (again !== undefined && isGreedy(again)) suspects.push(number);
      }
      onCase?.(number, outcome);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

function isGreedy({ cpuSeconds, peakBytes }: CaseOutcome): boolean {
  return cpuSeconds > Bounds.cpuSeconds || peakBytes > Bounds.peakBytes;
}

function take(figures: CommandFigures, number: number, outcome: CaseOutcome): void {
  const { command, status, makes, cpuSeconds, peakBytes, broken } = outcome;
  addFigures(figures, {
    cases: 1,
    statuses: new Map([[`${command}: ${status}`, 1]]),
    made: status === 0 && ['snapshot', 'stream', 'in-place'].includes(makes) ? 1 : 0,
    slowestSeconds: cpuSeconds,
    slowest: number,
    largestPeakBytes: peakBytes,
    largest: number,
    broken: broken.map((why) => ({ number, outcome, why })),
    suspects: [],
  });
}
