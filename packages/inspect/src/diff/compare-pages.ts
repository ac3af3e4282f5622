import type { PageComparer } from '@mapped-ram/facts';
import { forEachRun, MappedRamError, type RunCallback, RunJoiner, setRange } from '@mapped-ram/format';
import type { ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';
import { isSameBytes, isSamePiece } from '../same-bytes.js';
import { type BitmapPair, bitmapPairs, combine, type PageSpan, pageSpans } from './page-spans.js';

/** A snapshot and the source that it was opened from. */
export interface SnapshotFile {
  readonly snapshot: Snapshot;
  readonly source: ByteSource;
}

/** Two of a kind, of the first and the second snapshot. */
export type Pair<T> = readonly [T, T];

/** How blocks are compared. */
export interface ComparePagesOptions {
  /** Compares the pages that both have. If not given, they are read from the sources in turn. */
  readonly comparer?: PageComparer | undefined;
  /** Is told the page up to which about all is compared, piece by piece. */
  readonly onProgress?: ((endPage: number) => void) | undefined;
}

/** Bytes that are compared at once. */
const SPAN_BYTES = 1024 * 1024;
/** Spans whose reads are under way at once. */
const SPANS = 4;

/**
 * Compares the memory of a block in two snapshots. A page whose bit is clear is zero, whatever lies in its place; pages
 * that both leave clear are not looked at. Memory is bounded; the next pieces are read meanwhile.
 *
 * @param blocks The same block in both, with the same page size. One that is longer counts as far as the other goes.
 * @param onRun Gets every run of pages that differ, in ascending order.
 * @throws MappedRamError `bad-page-size`, `offset-outside-file`, `unexpected-end`, `read-failed`.
 */
export async function comparePages(
  files: Pair<SnapshotFile>,
  blocks: Pair<RamBlock>,
  onRun: RunCallback,
  { comparer, onProgress = () => {} }: ComparePagesOptions = {},
): Promise<void> {
  const joiner = new RunJoiner(onRun);
  const readers = new SpanReaders(files, blocks);
  for await (const pair of bitmapPairs([files[0].snapshot, files[1].snapshot], blocks)) {
    const { firstPage, pageCount } = pair;
    const differing = new Uint8Array(pair.bitmaps[0].length);
    if (comparer !== undefined) await compareCommon(comparer, blocks, pair, differing, onProgress);
    const rest = combine(pair, comparer === undefined ? 'either' : 'one');
    await readers.compare(pair, rest, {
      onPage: (page) => setRange(differing, page - firstPage, page - firstPage + 1),
      onProgress,
    });
    onProgress(firstPage + pageCount);
    forEachRun(differing, 'le', 0, pageCount, (first, count) => joiner.push(firstPage + first, count));
  }
  joiner.end();
}

/** Compares the pages that both have in their files. */
async function compareCommon(
  comparer: PageComparer,
  [a, b]: Pair<RamBlock>,
  pair: BitmapPair,
  differing: Uint8Array,
  onProgress: (endPage: number) => void,
): Promise<void> {
  const { firstPage, pageCount } = pair;
  let passedPages = 0;
  await comparer.compare(
    {
      pagesOffsets: [a.pagesOffset, b.pagesOffset],
      pageSize: a.pageSize,
      firstPage,
      pageCount,
      wanted: combine(pair, 'both'),
    },
    (compared) => {
      differing.set(
        compared.bits.subarray(0, Math.ceil(compared.pageCount / 8)),
        (compared.firstPage - firstPage) / 8,
      );
      passedPages += compared.pageCount;
      onProgress(firstPage + passedPages);
    },
  );
}

/** Reads spans of both snapshots, some at a time. */
class SpanReaders {
  readonly #free: SpanReader[];
  readonly #pageSize: number;
  readonly #maxPages: number;

  constructor(files: Pair<SnapshotFile>, blocks: Pair<RamBlock>) {
    this.#pageSize = blocks[0].pageSize;
    this.#maxPages = Math.max(1, Math.floor(SPAN_BYTES / this.#pageSize));
    this.#free = Array.from(
      { length: SPANS },
      () => new SpanReader(files, blocks, this.#maxPages * this.#pageSize),
    );
  }

  /** Compares the wanted pages of a pair. */
  async compare(
    pair: BitmapPair,
    wanted: Uint8Array,
    {
      onPage,
      onProgress,
    }: { readonly onPage: (page: number) => void; readonly onProgress: (endPage: number) => void },
  ): Promise<void> {
    const spans = pageSpans(pair, wanted, { pageSize: this.#pageSize, maxPages: this.#maxPages });
    const underWay: SpanReader[] = [];
    try {
      for (;;) {
        for (let reader = this.#free.pop(); reader !== undefined; reader = this.#free.pop()) {
          const { value: span } = spans.next();
          if (span === undefined) {
            this.#free.push(reader);
            break;
          }
          reader.start(span);
          underWay.push(reader);
        }
        const next = underWay.shift();
        if (next === undefined) break;
        await next.compare(onPage);
        onProgress(next.endPage);
        this.#free.push(next);
      }
    } finally {
      await Promise.allSettled(underWay.map(({ done }) => done));
    }
  }
}

/** Holds one span of both snapshots, in memory that is made when it is first needed. */
class SpanReader {
  readonly #files: Pair<SnapshotFile>;
  readonly #blocks: Pair<RamBlock>;
  readonly #lengthBytes: number;
  #buffers: Pair<Uint8Array> | undefined;
  readonly #zeros: Uint8Array;
  #span: PageSpan | undefined;
  /** Settles when both sides are read. */
  done: Promise<unknown> = Promise.resolve();

  constructor(files: Pair<SnapshotFile>, blocks: Pair<RamBlock>, lengthBytes: number) {
    this.#files = files;
    this.#blocks = blocks;
    this.#lengthBytes = lengthBytes;
    this.#zeros = new Uint8Array(blocks[0].pageSize);
  }

  /** The page behind the span. */
  get endPage(): number {
    return this.#span === undefined ? 0 : this.#span.firstPage + this.#span.pageCount;
  }

  get #bothBuffers(): Pair<Uint8Array> {
    this.#buffers ??= [new Uint8Array(this.#lengthBytes), new Uint8Array(this.#lengthBytes)];
    return this.#buffers;
  }

  start(span: PageSpan): void {
    this.#span = span;
    this.done = Promise.all([this.#read(span, 0), this.#read(span, 1)]);
    // A failure is met when this span's turn comes; until then it must not count as unhandled.
    this.done.catch(() => {});
  }

  async #read({ firstPage, pageCount, bitmaps }: PageSpan, side: 0 | 1): Promise<void> {
    // Where a side has no page at all, nothing of it will be looked at.
    if (bitmaps[side].every((byte) => byte === 0)) return;
    const { pagesOffset, pageSize } = this.#blocks[side];
    const target = this.#bothBuffers[side].subarray(0, pageCount * pageSize);
    const byteOffset = pagesOffset + firstPage * pageSize;
    const filled = await this.#files[side].source.read(target, byteOffset);
    if (filled < target.length) {
      throw new MappedRamError('unexpected-end', {
        what: `${this.#files[side].source.name} ends before the pages`,
        byteOffset: byteOffset + filled,
        expected: `${target.length} bytes`,
        actual: `${filled} bytes`,
      });
    }
  }

  async compare(onPage: (page: number) => void): Promise<void> {
    await this.done;
    const { firstPage, pageCount, bitmaps, wanted, bitOffset } = this.#span as PageSpan;
    const [a, b] = this.#bothBuffers;
    const { pageSize } = this.#blocks[0];
    const lengthBytes = pageCount * pageSize;
    // Most spans are the same all over, also in what does not count.
    const hasSamePages = isSameBytes(bitmaps[0], bitmaps[1]);
    if (hasSamePages && isSamePiece(a, 0, b, 0, lengthBytes)) return;
    for (let page = 0; page < pageCount; page++) {
      if (!isSet(wanted, bitOffset + page)) continue;
      const isSetInA = isSet(bitmaps[0], bitOffset + page);
      const isSetInB = isSet(bitmaps[1], bitOffset + page);
      const start = page * pageSize;
      const [left, leftStart] = isSetInA ? [a, start] : [this.#zeros, 0];
      const [right, rightStart] = isSetInB ? [b, start] : [this.#zeros, 0];
      if (!isSamePiece(left, leftStart, right, rightStart, pageSize)) onPage(firstPage + page);
    }
  }
}

function isSet(bitmap: Uint8Array, bit: number): boolean {
  return (((bitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
}
