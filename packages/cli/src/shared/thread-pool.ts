import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** What a thread is sent: a task, or that there are no more, which ends what it is at. */
export type ThreadMessage<Task> = { readonly task: Task } | 'end';

/** Works on a task in the calling thread. Aborted, it throws the signal's reason: nobody waits for it any more. */
export type WorkHere<Task, Result> = (task: Task, signal: AbortSignal) => Promise<Result>;

/** How a pool works. */
export interface PoolOptions<Task, Result> {
  /** Of the threads: a module that answers each task with its result. */
  readonly program: URL;
  /** What every thread is told once, as its `workerData`. */
  readonly setup: object;
  /** Threads, beside the calling one. */
  readonly count: number;
  /** The calling thread is one more then: it begins while the others start. Without it, it waits for them. */
  readonly workHere?: WorkHere<Task, Result> | undefined;
  /** Results that wait for those before them, by thread: so many are held at most. */
  readonly ahead: number;
}

/** A result to come. */
interface Awaited<Task, Result> {
  readonly task: Task;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Tasks that a thread has: one that it works on, and the next, so that it waits for nobody in between. */
const TASKS_AT_ONCE = 2;

/** Threads that work on tasks, each on one at a time, and answer in the order in which they got them. The calling one can be one of them. */
export class ThreadPool<Task, Result> {
  readonly #options: PoolOptions<Task, Result>;
  readonly #workers: readonly Worker[];
  readonly #queue: Awaited<Task, Result>[] = [];
  /** What each thread has. */
  readonly #given = new Map<Worker, Awaited<Task, Result>[]>();
  /** What the calling thread is at, and when it is done with it. */
  #here: { readonly awaited: Awaited<Task, Result>; readonly done: Promise<void> } | undefined;
  readonly #endHere = new AbortController();
  readonly #exits: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(options: PoolOptions<Task, Result>) {
    this.#options = options;
    this.#workers = Array.from({ length: options.count }, () => this.#start());
  }

  /**
   * Works on tasks, some at a time, and gives the results in the order of the tasks.
   *
   * @throws the signal's reason; what `tasks` throws; an Error where a thread died
   */
  async *results(
    tasks: AsyncIterable<Task> | Iterable<Task>,
    signal: AbortSignal,
  ): AsyncGenerator<Result, void, undefined> {
    const { count, ahead } = this.#options;
    const underWay: Promise<Result>[] = [];
    const onAbort = () => this.#fail(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      for await (const task of tasks) {
        signal.throwIfAborted();
        const result = this.#give(task);
        // A failure is met when its turn comes.
        result.catch(() => {});
        underWay.push(result);
        if (underWay.length >= ahead * count) yield (await underWay.shift()) as Result;
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
    for (const worker of this.#workers) worker.postMessage('end' satisfies ThreadMessage<Task>);
    await Promise.all([...this.#exits, this.#here?.done]);
  }

  #start(): Worker {
    const { program, setup } = this.#options;
    const worker = new Worker(program, { workerData: setup, execArgv: [] });
    worker.on('message', (result: Result) => {
      this.#given.get(worker)?.shift()?.resolve(result);
      this.#deal();
    });
    worker.on('error', (error) => this.#fail(error));
    this.#given.set(worker, []);
    this.#exits.push(new Promise((resolve) => worker.once('exit', () => resolve())));
    worker.once('exit', (status) => this.#fail(new Error(`a thread ended with status ${status}`)));
    return worker;
  }

  #give(task: Task): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error);
      this.#queue.push({ task, resolve, reject });
      this.#deal();
    });
  }

  /** Gives tasks to the threads that have fewest. */
  #deal(): void {
    for (let [awaited] = this.#queue; awaited !== undefined; [awaited] = this.#queue) {
      const [[worker, given]] = [...this.#given].sort(([, a], [, b]) => a.length - b.length) as [
        [Worker, Awaited<Task, Result>[]],
      ];
      const { workHere } = this.#options;
      if (workHere !== undefined && this.#here === undefined && given.length > 0) {
        this.#queue.shift();
        this.#here = { awaited, done: this.#workOn(awaited, workHere) };
        continue;
      }
      if (given.length === TASKS_AT_ONCE) return;
      this.#queue.shift();
      given.push(awaited);
      worker.postMessage({ task: awaited.task } satisfies ThreadMessage<Task>);
    }
  }

  /** Never rejects. */
  async #workOn(awaited: Awaited<Task, Result>, workHere: WorkHere<Task, Result>): Promise<void> {
    try {
      awaited.resolve(await workHere(awaited.task, this.#endHere.signal));
    } catch (error) {
      this.#fail(error);
    }
    // What the others have done comes first.
    await nextTurn();
    this.#here = undefined;
    this.#deal();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of [...[...this.#given.values()].flat(), ...this.#queue]) reject(error);
    this.#here?.awaited.reject(error);
    this.#endHere.abort(error);
    for (const given of this.#given.values()) given.length = 0;
    this.#queue.length = 0;
  }
}
