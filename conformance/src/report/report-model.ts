import type { ResultStatus, RunResult } from '../run/expectation.js';
import type { Vector } from '../vector/vector.js';
import type { WritingTask } from '../writing/writing-task.js';
import type { FaultBytes } from './fault-bytes.js';

/** What one testee answered to one vector, or capture. */
export interface ReportCell {
  /** The worst of its questions. */
  readonly status: ResultStatus;
  readonly results: readonly RunResult[];
}

/** What a row is about: a vector, or a snapshot that testees write. */
export type ReportSubject = Vector | WritingTask;

/** Whether a subject is a snapshot to write. */
export function isTask(subject: ReportSubject | undefined): subject is WritingTask {
  return subject !== undefined && 'blocks' in subject;
}

/** A file that was put to testees, or that they made. */
export interface ReportRow {
  readonly id: string;
  /** `header` of `header/version-0`. */
  readonly area: string;
  /** Absent for captures. */
  readonly vector?: Vector;
  readonly task?: WritingTask;
  readonly bytes?: FaultBytes;
  /** In the order of the testees; undefined where one was not asked. */
  readonly cells: readonly (ReportCell | undefined)[];
}

/** Everything that a report shows. */
export interface ReportModel {
  readonly testees: readonly string[];
  readonly rows: readonly ReportRow[];
}

/** The results of a testee. */
export interface TesteeResults {
  readonly testee: string;
  readonly results: readonly RunResult[];
}

/** From the best to the worst. */
const ORDER: readonly ResultStatus[] = [
  ...(['passed', 'skipped', 'known-failing', 'unexpected-pass', 'failed'] as const),
  ...(['errored', 'malformed', 'over-memory', 'timed-out', 'crashed'] as const),
];

/** Puts the results of testees side by side, a row for each vector. */
export function reportModel(
  subjects: ReadonlyMap<string, ReportSubject>,
  bytes: ReadonlyMap<string, FaultBytes>,
  runs: readonly TesteeResults[],
): ReportModel {
  const ids = [...new Set(runs.flatMap(({ results }) => results.map(({ id }) => id)))].sort();
  const byTestee = runs.map(({ results }) => groupById(results));
  const rows = ids.map((id): ReportRow => {
    const subject = subjects.get(id);
    const faultBytes = bytes.get(id);
    return {
      id,
      area: id.slice(0, id.indexOf('/')),
      ...(subject !== undefined && (isTask(subject) ? { task: subject } : { vector: subject })),
      ...(faultBytes !== undefined && { bytes: faultBytes }),
      cells: byTestee.map((results) => cellOf(results.get(id))),
    };
  });
  return { testees: runs.map(({ testee }) => testee), rows };
}

/** How often each status is among a testee's cells. */
export function countStatuses({ testees, rows }: ReportModel): Map<string, Map<ResultStatus, number>> {
  return new Map(
    testees.map((testee, index) => {
      const counts = new Map<ResultStatus, number>();
      for (const { cells } of rows) {
        const status = cells[index]?.status;
        if (status !== undefined) counts.set(status, (counts.get(status) ?? 0) + 1);
      }
      return [testee, counts];
    }),
  );
}

function cellOf(results: readonly RunResult[] | undefined): ReportCell | undefined {
  if (results === undefined) return undefined;
  // One question that was answered says more than others that were not put.
  const answered = results.filter(({ status }) => status !== 'skipped');
  const counted = answered.length > 0 ? answered : results;
  const worst = Math.max(...counted.map(({ status }) => ORDER.indexOf(status)));
  return { status: ORDER[worst] ?? 'errored', results };
}

function groupById(results: readonly RunResult[]): Map<string, RunResult[]> {
  const groups = new Map<string, RunResult[]>();
  for (const result of results) groups.set(result.id, [...(groups.get(result.id) ?? []), result]);
  return groups;
}
