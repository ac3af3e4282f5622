import { Worker } from 'node:worker_threads';
import { END, type FileJob, type FileJobDone } from './file-job.js';

/** Results that wait for those before them, by thread: so many are held at most. */
const AHEAD = 32;

/** A result to come. */
interface Awaited<Result> {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** Threads that work on files, each on one at a time. */
export class FilePool<Result> {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: FileJob[] = [];
  readonly #awaited = new Map<number, Awaited<Result>>();
  readonly #exits: Promise<void>[] = [];
  #failure: Error | undefined;

  /**
   * @param program Of the threads: a module that calls `serveFiles`.
   * @param setup What every thread is told once.
   */
  constructor(count: number, program: URL, setup: object) {
    this.#workers = Array.from({ length: count }, () => this.#start(program, setup));
    this.#idle = [...this.#workers];
  }

  /**
   * Works on files, some at a time, and gives the results in the order of the files.
   *
   * @throws the signal's reason; what `paths` throws; an Error where a thread died
   */
  async *results(paths: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<Result, void, undefined> {
    const underWay: Promise<Result>[] = [];
    const onAbort = () => this.#fail(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      let number = 0;
      for await (const path of paths) {
        signal.throwIfAborted();
        const result = this.#give({ number: number++, path });
        // A failure is met when its turn comes.
        result.catch(() => {});
        underWay.push(result);
        if (underWay.length >= AHEAD * this.#workers.length) yield (await underWay.shift()) as Result;
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

  #start(program: URL, setup: object): Worker {
    const worker = new Worker(program, { workerData: setup, execArgv: [] });
    worker.on('message', ({ number, result }: FileJobDone<Result>) => {
      this.#awaited.get(number)?.resolve(result);
      this.#awaited.delete(number);
      this.#idle.push(worker);
      this.#deal();
    });
    worker.on('error', (error) => this.#fail(error));
    this.#exits.push(new Promise((resolve) => worker.once('exit', () => resolve())));
    return worker;
  }

  #give(job: FileJob): Promise<Result> {
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
