/** A file that a thread is to work on. */
export interface FileJob {
  readonly number: number;
  readonly path: string;
}

/** What came of it. */
export interface FileJobDone<Result> {
  readonly number: number;
  readonly result: Result;
}

/** Ends a thread, and what it is at. */
export const END = 'end';
