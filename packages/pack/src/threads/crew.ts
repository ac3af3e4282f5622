import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { putErrorTogether } from '@mapped-ram/posix';
import type { Hand } from './hand.js';
import { END, type Job, READY, type Report } from './job.js';
import { startJob } from './start-job.js';

/** How long a thread may take to end. */
const PATIENCE_MS = 5000;

/** What a thread has in hand, so that it need not wait for this one, which may be busy with a task of its own. */
const TASKS_OF_THREAD = 2;

/** Does tasks of one job. */
export interface Crew<Task, Result> {
  /** How many tasks can be under way at once. */
  readonly depth: number;
  /**
   * Does a task.
   *
   * @returns With a depth of 1, what holds until the next task.
   * @throws what the job throws
   */
  run(task: Task): Promise<Result>;
  /** Ends all threads, after what they have in hand. Never rejects. */
  close(): Promise<void>;
}

/**
 * Has threads do a job. This one is the first of them: it does what there is while the others start, which takes as long as packing
 * some MiB.
 *
 * @param channels How many threads, this one among them; 1 if not given.
 */
export async function startCrew<Task, Result>(job: Job, channels = 1): Promise<Crew<Task, Result>> {
  const hand = (await startJob(job)) as Hand<Task, Result>;
  if (channels > 1) return new ThreadCrew(job, hand, channels - 1);
  return { depth: 1, run: (task) => runHere(hand, task), close: async () => {} };
}

/** Does a task in this thread. Signals and whatever else waits have their turn before. */
async function runHere<Task, Result>(hand: Hand<Task, Result>, task: Task): Promise<Result> {
  await setImmediate();
  return hand.run(task);
}

interface Waiting<Task, Result> {
  readonly task: Task;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** This thread and others. */
class ThreadCrew<Task, Result> implements Crew<Task, Result> {
  readonly depth: number;
  readonly #hand: Hand<Task, Result>;
  readonly #threads: Worker[] = [];
  /** What each thread that is ready has in hand, in its order. */
  readonly #inHand = new Map<Worker, Waiting<Task, Result>[]>();
  readonly #queue: Waiting<Task, Result>[] = [];
  #failure: { readonly error: unknown } | undefined;
  #isBusy = false;
  #isEnding = false;

  constructor(job: Job, hand: Hand<Task, Result>, count: number) {
    this.#hand = hand;
    this.depth = TASKS_OF_THREAD * (count + 1) + 1;
    for (let index = 1; index <= count; index++) {
      // What the program was started with, a debugger or a preloaded module, is not meant for these threads.
      const thread = new Worker(new URL('./pack-worker.js', import.meta.url), {
        name: `channel ${index}`,
        workerData: job,
        execArgv: [],
      });
      thread.on('message', (said: Report | typeof READY) => this.#onMessage(thread, said));
      thread.on('error', (error) => this.#fail(error));
      thread.on('exit', () => this.#fail(new Error('a thread ended before its work was done')));
      this.#threads.push(thread);
    }
  }

  run(task: Task): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure.error);
      else {
        this.#queue.push({ task, resolve, reject });
        this.#deal();
        void this.#work();
      }
    });
  }

  async close(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#threads.map((thread) => endThread(thread)));
  }

  /** Gives the threads what they can take. */
  #deal(): void {
    for (let count = 0; count < TASKS_OF_THREAD; count++) {
      for (const [thread, inHand] of this.#inHand) {
        if (inHand.length > count) continue;
        const waiting = this.#queue.shift();
        if (waiting === undefined) return;
        inHand.push(waiting);
        thread.postMessage(waiting.task);
      }
    }
  }

  /** Does here what no other thread takes. */
  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#queue.length > 0) {
      await setImmediate();
      const waiting = this.#queue.shift();
      if (waiting === undefined) break;
      try {
        const result = this.#hand.run(waiting.task);
        waiting.resolve(this.#hand.keep?.(result).result ?? result);
      } catch (error) {
        waiting.reject(error);
      }
    }
    this.#isBusy = false;
  }

  #onMessage(thread: Worker, said: Report | typeof READY): void {
    if (said === READY) this.#inHand.set(thread, []);
    else {
      const waiting = this.#inHand.get(thread)?.shift();
      if ('error' in said) waiting?.reject(putErrorTogether(said.error));
      else waiting?.resolve(said.result as Result);
    }
    this.#deal();
  }

  #fail(error: unknown): void {
    if (this.#isEnding) return;
    this.#failure ??= { error };
    for (const { reject } of [...this.#inHand.values(), this.#queue].flat()) reject(error);
    this.#inHand.clear();
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
