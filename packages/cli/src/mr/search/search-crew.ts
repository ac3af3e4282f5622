import { Worker } from 'node:worker_threads';
import { END, type PartFound, type SearchAnswer, type SearchPart, type SearchSetup } from './search-job.js';

/** Parts that are done before those in front of them, by thread: so much is held at most. */
const AHEAD = 4;

interface Waiting {
  readonly part: SearchPart;
  resolve(found: PartFound | Promise<PartFound>): void;
  reject(error: unknown): void;
}

/** Searches a part. */
export type SearchOne = (part: SearchPart) => Promise<PartFound>;

/** Threads that search a file. */
export class SearchCrew {
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];
  readonly #exits: Promise<void>[] = [];
  readonly #queue: Waiting[] = [];
  readonly #busy = new Map<Worker, Waiting>();
  #failure: { readonly error: unknown } | undefined;

  readonly #searchHere: SearchOne;

  /** @param searchHere Searches a part again that a thread cannot: what is wrong is met here, where it can be told. */
  constructor(count: number, setup: SearchSetup, searchHere: SearchOne) {
    this.#searchHere = searchHere;
    for (let index = 0; index < count; index++) this.#start(setup);
  }

  /**
   * Searches parts, some at a time, and gives what is found in their order.
   *
   * @throws What a search in this thread throws; the signal's reason.
   */
  async *search(
    parts: Iterable<SearchPart>,
    signal: AbortSignal,
  ): AsyncGenerator<PartFound, void, undefined> {
    const onAbort = (): void => this.#fail(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      const underWay: Promise<PartFound>[] = [];
      for (const part of parts) {
        signal.throwIfAborted();
        const found = this.#give(part);
        // A failure is met when its turn comes.
        found.catch(() => {});
        underWay.push(found);
        if (underWay.length >= AHEAD * this.#all.length) yield (await underWay.shift()) as PartFound;
      }
      for (const found of underWay) yield await found;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the threads, each after the piece that it is at. They are asked to: one that is stopped within a native call takes the process with it. */
  async close(): Promise<void> {
    this.#fail(new Error('the threads were ended'));
    for (const worker of this.#all) worker.postMessage(END);
    await Promise.all(this.#exits);
  }

  #start(setup: SearchSetup): void {
    const worker = new Worker(new URL('./search-worker.js', import.meta.url), {
      workerData: setup,
      execArgv: [],
    });
    worker.on('message', (answer: SearchAnswer) => {
      const waiting = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      waiting?.resolve(answer ?? this.#searchHere(waiting.part));
      this.#deal();
    });
    worker.on('error', (error) => this.#fail(error));
    this.#exits.push(new Promise((resolve) => worker.once('exit', () => resolve())));
    this.#all.push(worker);
    this.#idle.push(worker);
  }

  #give(part: SearchPart): Promise<PartFound> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error);
      this.#queue.push({ part, resolve, reject });
      this.#deal();
    });
  }

  #deal(): void {
    while (this.#idle.length > 0) {
      const waiting = this.#queue.shift();
      if (waiting === undefined) return;
      const worker = this.#idle.pop() as Worker;
      this.#busy.set(worker, waiting);
      worker.postMessage(waiting.part);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of [...this.#busy.values(), ...this.#queue]) reject(error);
    this.#busy.clear();
    this.#queue.length = 0;
  }
}
