import { setFlagsFromString } from 'node:v8';
import { ThreadPool } from '../thread-pool.js';

/** Results of files that wait for those before them, by thread. */
const AHEAD = 32;

/**
 * Bytes of bytecode that a function runs through before V8 thinks of optimising it, some eight times its own number. Each thread would have some 250 functions
 * optimised, by threads that take the processors from those that work, which takes as long as checking a thousand small files.
 */
const OPTIMISED_AFTER_BYTES = 1_000_000;

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
    setFlagsFromString(`--interrupt-budget=${OPTIMISED_AFTER_BYTES}`);
  return new ThreadPool({ program, setup, count, ahead: AHEAD });
}
