import { ThreadPool, type WorkHere } from '../thread-pool.js';

/** Results of files that wait for those before them, by thread. */
const AHEAD = 32;

/**
 * Starts threads that work on files beside the calling one.
 *
 * @param workHere Works on one in the calling thread.
 * @param program Of the threads: a module that calls `serveFiles`.
 * @param setup What every thread is told once.
 */
export function startFilePool<Result>(
  count: number,
  workHere: WorkHere<string, Result>,
  program: URL,
  setup: object,
): ThreadPool<string, Result> {
  return new ThreadPool({ program, setup, count, workHere, ahead: AHEAD });
}
