import type { LintOptions } from '@mapped-ram/lint';
import type { FileResult } from '../file-result.js';

/** What every thread is told once. */
export interface LintWorkerSetup {
  readonly options: LintOptions;
  readonly snapshot: string | undefined;
}

/** A file that a thread is to check. */
export interface LintJob {
  readonly number: number;
  readonly path: string;
}

/** What came of it. */
export interface LintJobDone {
  readonly number: number;
  readonly result: FileResult;
}

/** Ends a thread, and what it is at. */
export const END = 'end';
