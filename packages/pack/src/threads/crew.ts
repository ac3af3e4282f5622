import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { putErrorTogether } from '@mapped-ram/posix';
import type { Hand } from './hand.js';
import { END, type Job, type Report } from './job.js';
import { startJob } from './start-job.js';

/** How long a thread may take to end. */
const PATIENCE_MS = 5000;

/** Does tasks of one job. */
export interface Crew<Task, Result> {
  /** Does a task as soon as a hand is free. @throws what the job throws */
  run(task: Task): Promise<Result>;
  /** Ends all threads, after what they have in hand. Never rejects. */
  close(): Promise<void>;
}

/**
 * Starts threads for a job, or does it in this one.
 *
 * @param channels How many. One does no more than this thread, which would wait for it, and takes as long to start as packing some
 * MiB: for one, and where none is given, it is this one.
 */
export async function startCrew<Task, Result>(
  job: Job,
  channels: number | undefined,
): Promise<Crew<Task, Result>> {
  if (channels !== undefined && channels > 1) return new ThreadCrew(job, channels);
  const hand = (await startJob(job)) as Hand<Task, Result>;
  return {
    async run(task) {
      // Signals and whatever else waits have their turn between tasks.
      await setImmediate();
      return hand.run(task).result;
    },
    close: async () => {},
  };
}

interface Waiting {
  readonly task: unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

class ThreadCrew<Task, Result> implements Crew<Task, Result> {
  readonly #threads: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Waiting>();
  readonly #queue: Waiting[] = [];
  #failure: { readonly error: unknown } | undefined;
  #isEnding = false;

  constructor(job: Job, count: number) {
    for (let index = 0; index < count; index++) {
      // What the program was started with, a debugger or a preloaded module, is not meant for these threads.
      const thread = new Worker(new URL('./pack-worker.js', import.meta.url), {
        name: `channel ${index}`,
        workerData: job,
        execArgv: [],
      });
      thread.on('message', (report: Report) => this.#onReport(thread, report));
      thread.on('error', (error) => this.#fail(error));
      thread.on('exit', () => this.#fail(new Error('a thread ended before its work was done')));
      this.#threads.push(thread);
      this.#idle.push(thread);
    }
  }

  run(task: Task): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure.error);
      else {
        this.#queue.push({ task, resolve: resolve as Waiting['resolve'], reject });
        this.#deal();
      }
    });
  }

  async close(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#threads.map((thread) => endThread(thread)));
  }

  #deal(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const thread = this.#idle.shift() as Worker;
      const waiting = this.#queue.shift() as Waiting;
      this.#busy.set(thread, waiting);
      thread.postMessage(waiting.task);
    }
  }

  #onReport(thread: Worker, report: Report): void {
    const waiting = this.#busy.get(thread);
    this.#busy.delete(thread);
    this.#idle.push(thread);
    if ('error' in report) waiting?.reject(putErrorTogether(report.error));
    else waiting?.resolve(report.result as never);
    this.#deal();
  }

  #fail(error: unknown): void {
    if (this.#isEnding) return;
    this.#failure ??= { error };
    for (const { reject } of [...this.#busy.values(), ...this.#queue]) reject(error);
    this.#busy.clear();
    this.#queue.length = 0;
  }
}

/** Asks a thread to end: one that is stopped within a call of a native library takes the whole process with it. */
async function endThread(thread: Worker): Promise<void> {
  if (thread.threadId === -1) return;
  const exited = new Promise((resolve) => thread.once('exit', resolve));
  thread.postMessage(END);
  const timer = setTimeout(() => thread.terminate(), PATIENCE_MS);
  await exited;
  clearTimeout(timer);
}
