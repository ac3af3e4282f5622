import { forEachRun, RunJoiner, type WordOrder } from '@mapped-ram/format';
import { readBitmapChunks } from './bitmap-chunks.js';
import type { BlockInFile } from './block-region.js';
import { clearPagesInHoles } from './holes.js';

/** Pages whose bits are scanned at a time: half as many runs at most. */
const PAGES_PER_STEP = 65_536;

/** A batch with so many runs is passed on. */
const ENOUGH_RUNS = 32_768;

/** Consecutive pages of a block whose bits are alike. */
export interface PageRun {
  readonly firstPage: number;
  readonly pageCount: number;
}

/** Some runs, in ascending order. Nothing is allocated for a run unless the batch is iterated over. */
export class RunBatch implements Iterable<PageRun> {
  readonly #values: Float64Array;
  #length = 0;

  /** @param pageCount Of how many pages the runs may be, of which every second one may begin a run. */
  constructor(pageCount: number) {
    // A step's runs can come on top of almost enough, and the last one of the step before that was held back.
    const mostRuns = Math.min(ENOUGH_RUNS + PAGES_PER_STEP / 2, Math.ceil(pageCount / 2)) + 1;
    this.#values = new Float64Array(2 * mostRuns);
  }

  /** Number of runs. */
  get length(): number {
    return this.#length;
  }

  /** The first page of run `index`. */
  firstPage(index: number): number {
    return this.#at(2 * index);
  }

  /** The number of pages in run `index`. */
  pageCount(index: number): number {
    return this.#at(2 * index + 1);
  }

  /** Goes through the runs of the batch. */
  *[Symbol.iterator](): Generator<PageRun, void, undefined> {
    for (let index = 0; index < this.#length; index++) {
      yield { firstPage: this.firstPage(index), pageCount: this.pageCount(index) };
    }
  }

  /** For the reader only: appends a run. */
  push(firstPage: number, pageCount: number): void {
    this.#values[2 * this.#length] = firstPage;
    this.#values[2 * this.#length + 1] = pageCount;
    this.#length++;
  }

  /** For the reader only: empties the batch. */
  clear(): void {
    this.#length = 0;
  }

  #at(position: number): number {
    const value = position < 2 * this.#length ? this.#values[position] : undefined;
    if (value === undefined) throw new RangeError(`there are ${this.#length} runs in the batch`);
    return value;
  }
}

/** Which runs are to be found. */
export interface RunSearch {
  readonly order: WordOrder;
  /** Runs of clear bits instead of set ones. */
  readonly clear: boolean;
  /** Take the bits of pages in holes for clear. */
  readonly withoutHoles?: boolean | undefined;
  /** Only pages from this one on; runs are cut. */
  readonly firstPage: number;
  /** Only pages before this one. */
  readonly endPage: number;
}

/**
 * Finds the runs of a block's pages whose bits are set, or clear.
 *
 * @returns Batches; each is valid until the next step.
 * @throws MappedRamError `offset-outside-file`, `read-failed`.
 */
export async function* findRuns(
  at: BlockInFile,
  search: RunSearch,
): AsyncGenerator<RunBatch, void, undefined> {
  const { order, clear, withoutHoles, firstPage, endPage } = search;
  const batch = new RunBatch(Math.max(0, endPage - firstPage));
  const addRun = (first: number, count: number) => batch.push(first, count);
  const gaps = new GapFinder(firstPage, addRun);
  const joiner = new RunJoiner(clear ? gaps.push : addRun);
  for await (const chunk of readBitmapChunks(at, firstPage, endPage)) {
    if (chunk.isHole) continue;
    if (withoutHoles === true) clearPagesInHoles(at, chunk, order);
    const base = chunk.firstPage;
    const end = Math.min(chunk.pageCount, endPage - base);
    for (let from = Math.max(0, firstPage - base); from < end; from += PAGES_PER_STEP) {
      const to = Math.min(from + PAGES_PER_STEP, end);
      forEachRun(chunk.bytes, order, from, to, (first, count) => joiner.push(base + first, count));
      if (batch.length < ENOUGH_RUNS) continue;
      yield batch;
      batch.clear();
    }
  }
  joiner.end();
  if (clear && !at.block.ignored) gaps.end(endPage);
  if (batch.length > 0) yield batch;
}

/** Turns runs into the runs between them. */
class GapFinder {
  readonly #callback: (firstPage: number, pageCount: number) => void;
  #nextPage: number;

  /** @param firstPage Where the first gap can begin. */
  constructor(firstPage: number, callback: (firstPage: number, pageCount: number) => void) {
    this.#nextPage = firstPage;
    this.#callback = callback;
  }

  /** Takes the next run. */
  readonly push = (firstPage: number, pageCount: number): void => {
    this.end(firstPage);
    this.#nextPage = firstPage + pageCount;
  };

  /** Ends the gap that reaches to a page. */
  end(page: number): void {
    if (page > this.#nextPage) this.#callback(this.#nextPage, page - this.#nextPage);
  }
}
