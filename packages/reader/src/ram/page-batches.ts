import { type BlockInFile, checkPageSize, readPageBytes } from './block-region.js';
import { groupIntoSpans, type PageSpan } from './page-spans.js';
import { findRuns, type PageRun, type RunSearch } from './runs.js';

/** Buffers in use at a time: one with the caller, the others being filled. */
const BUFFERS = 3;

/** A run with its pages. */
export interface PageRunBytes extends PageRun {
  /** The pages, one after another: a view that is valid until the next batch. */
  readonly bytes: Uint8Array;
}

/** Some runs of pages with their contents, in ascending order. Everything is valid until the next batch. */
export class PageBatch implements Iterable<PageRunBytes> {
  readonly #span: PageSpan;
  readonly #bytes: Uint8Array;
  readonly #pageSize: number;

  constructor(span: PageSpan, bytes: Uint8Array, pageSize: number) {
    this.#span = span;
    this.#bytes = bytes;
    this.#pageSize = pageSize;
  }

  /** Number of runs; a run that is longer than a chunk comes in several pieces. */
  get length(): number {
    return this.#span.runs.length;
  }

  /** Goes through the runs of the batch. */
  *[Symbol.iterator](): Generator<PageRunBytes, void, undefined> {
    for (const { firstPage, pageCount } of this.#span.runs) {
      const start = (firstPage - this.#span.firstPage) * this.#pageSize;
      yield { firstPage, pageCount, bytes: this.#bytes.subarray(start, start + pageCount * this.#pageSize) };
    }
  }
}

/** Which pages of a block to read, and how. With `clear`, what lies under clear bits is read. */
export interface PageReading extends RunSearch {
  /** Bytes that are read at once, at most; at least one page is. */
  readonly chunkBytes: number;
}

/**
 * Reads a block's pages in ascending order, the next chunks while the caller works on one. Memory is bounded by the
 * chunks.
 *
 * @throws MappedRamError `bad-page-size`, `offset-outside-file`, `unexpected-end` where the file ends before a page,
 * `read-failed`.
 */
export async function* readPageBatches(
  at: BlockInFile,
  { chunkBytes, ...search }: PageReading,
): AsyncGenerator<PageBatch, void, undefined> {
  if (at.block.ignored) return;
  checkPageSize(at);
  const { pageSize } = at.block;
  const mostPages = Math.min(Math.floor(chunkBytes / pageSize), search.endPage - search.firstPage);
  const maxPages = Math.max(1, mostPages);
  const spans = groupIntoSpans(findRuns(at, search), pageSize, maxPages);
  const buffers = new Buffers(maxPages * pageSize);
  const underWay: PendingBatch[] = [];
  try {
    for (;;) {
      await startReads(at, spans, buffers, underWay);
      const next = underWay.shift();
      if (next === undefined) return;
      await next.done;
      yield new PageBatch(next.span, next.buffer, pageSize);
      buffers.giveBack(next.buffer);
    }
  } finally {
    await Promise.allSettled(underWay.map(({ done }) => done));
  }
}

/** Buffers of one length, made when they are first needed. */
class Buffers {
  readonly #lengthBytes: number;
  readonly #free: Uint8Array[] = [];
  #made = 0;

  constructor(lengthBytes: number) {
    this.#lengthBytes = lengthBytes;
  }

  get isEmpty(): boolean {
    return this.#free.length === 0 && this.#made === BUFFERS;
  }

  take(): Uint8Array {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    this.#made++;
    return new Uint8Array(this.#lengthBytes);
  }

  giveBack(buffer: Uint8Array): void {
    this.#free.push(buffer);
  }
}

interface PendingBatch {
  readonly span: PageSpan;
  readonly buffer: Uint8Array;
  readonly done: Promise<void>;
}

/** Starts a read for every free buffer, as long as there are pages. */
async function startReads(
  at: BlockInFile,
  spans: AsyncGenerator<PageSpan, void, undefined>,
  buffers: Buffers,
  underWay: PendingBatch[],
): Promise<void> {
  while (!buffers.isEmpty) {
    const { value: span } = await spans.next();
    if (span === undefined) return;
    const buffer = buffers.take();
    const target = buffer.subarray(0, span.pageCount * at.block.pageSize);
    const done = readPageBytes(at, span.firstPage, target);
    // A failure is met when this batch's turn comes; until then it must not count as unhandled.
    done.catch(() => {});
    underWay.push({ span, buffer, done });
  }
}
