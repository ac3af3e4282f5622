import { Worker } from 'node:worker_threads';
import type { FileResult } from '../file-result.js';
import { END, type LintJob, type LintJobDone, type LintWorkerSetup } from './lint-job.js';

/** Results that wait for those before them, by thread: so many are held at most. */
const AHEAD = 32;

/** A result to come. */
interface Awaited {
  resolve(result: FileResult): void;
  reject(error: Error): void;
}

/** Threads that check files, each one file at a time. */
export class LintPool {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: LintJob[] = [];
  readonly #awaited = new Map<number, Awaited>();
  readonly #exits: Promise<void>[] = [];
  #failure: Error | undefined;

  constructor(count: number, setup: LintWorkerSetup) {
    this.#workers = Array.from({ length: count }, () => this.#start(setup));
    this.#idle = [...this.#workers];
  }

  /**
   * Checks files, some at a time, and gives the results in the order of the files.
   *
   * @throws the signal's reason; what `paths` throws; an Error where a thread died
   */
  async *results(
    paths: AsyncIterable<string>,
    signal: AbortSignal,
  ): AsyncGenerator<FileResult, void, undefined> {
    const underWay: Promise<FileResult>[] = [];
    const onAbort = () => this.#fail(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      let number = 0;
      for await (const path of paths) {
        signal.throwIfAborted();
        const result = this.#check({ number: number++, path });
        // A failure is met when its turn comes.
        result.catch(() => {});
        underWay.push(result);
        if (underWay.length >= AHEAD * this.#workers.length) yield (await underWay.shift()) as FileResult;
      }
      for (const result of underWay) yield await result;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /**
   * Ends the threads, and what they are at. They are asked to: a thread that is stopped within a call of a native library takes the
   * whole process with it. Never rejects.
   */
  async close(): Promise<void> {
    this.#fail(new Error('the threads were ended'));
    for (const worker of this.#workers) worker.postMessage(END);
    await Promise.all(this.#exits);
  }

  #start(setup: LintWorkerSetup): Worker {
    const worker = new Worker(new URL('./lint-worker.js', import.meta.url), {
      workerData: setup,
      execArgv: [],
    });
    worker.on('message', ({ number, result }: LintJobDone) => {
      this.#awaited.get(number)?.resolve(result);
      this.#awaited.delete(number);
      this.#idle.push(worker);
      this.#deal();
    });
    worker.on('error', (error) => this.#fail(error));
    this.#exits.push(new Promise((resolve) => worker.once('exit', () => resolve())));
    return worker;
  }

  #check(job: LintJob): Promise<FileResult> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#awaited.set(job.number, { resolve, reject });
      this.#waiting.push(job);
      this.#deal();
    });
  }

  #deal(): void {
    while (this.#idle.length > 0) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      this.#idle.pop()?.postMessage(job);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#awaited.values()) reject(error);
    this.#awaited.clear();
  }
}
