import { setFlagsFromString } from 'node:v8';
import { ThreadPool } from '../thread-pool.js';

/** Results of files that wait for those before them, by thread. */
const AHEAD = 32;

/**
 * Of bytecode: V8 optimises no function that has more. Each thread would have some 250 functions optimised, by threads that take the processors from those
 * that work, which takes as long as checking a thousand small files; the loops over bitmaps are short.
 */
const OPTIMISED_BYTES = 300;

/**
 * Starts threads that work on files.
 *
 * @param program Of the threads: a module that calls `serveFiles`.
 * @param setup What every thread is told once.
 */
export function startFilePool<Result>(
  count: number,
  program: URL,
  setup: object,
): ThreadPool<string, Result> {
  const { bun, deno } = process.versions;
  if (bun === undefined && deno === undefined)
    setFlagsFromString(`--max-optimized-bytecode-size=${OPTIMISED_BYTES}`);
  return new ThreadPool({ program, setup, count, ahead: AHEAD });
}
