import { MappedRamError, type RunCallback, RunJoiner } from '@mapped-ram/format';
import type { ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';
import { isSameBytes, isSamePiece } from '../same-bytes.js';
import { type UnionSpan, unionSpans } from './union-spans.js';

/** A snapshot and the source that it was opened from. */
export interface SnapshotFile {
  readonly snapshot: Snapshot;
  readonly source: ByteSource;
}

/** Two of a kind, of the first and the second snapshot. */
export type Pair<T> = readonly [T, T];

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
 * @param onProgress Is told the page up to which all is compared, piece by piece.
 * @throws MappedRamError `bad-page-size`, `offset-outside-file`, `unexpected-end`, `read-failed`.
 */
export async function comparePages(
  files: Pair<SnapshotFile>,
  blocks: Pair<RamBlock>,
  onRun: RunCallback,
  onProgress: (endPage: number) => void = () => {},
): Promise<void> {
  const { pageSize } = blocks[0];
  const maxPages = Math.max(1, Math.floor(SPAN_BYTES / pageSize));
  const joiner = new RunJoiner(onRun);
  const free = Array.from({ length: SPANS }, () => new SpanReader(files, blocks, maxPages * pageSize));
  const underWay: SpanReader[] = [];
  const spans = unionSpans([files[0].snapshot, files[1].snapshot], blocks, maxPages);
  try {
    for (;;) {
      for (let reader = free.pop(); reader !== undefined; reader = free.pop()) {
        const { value: span } = await spans.next();
        if (span === undefined) break;
        reader.start(span);
        underWay.push(reader);
      }
      const next = underWay.shift();
      if (next === undefined) break;
      await next.compare((firstPage, pageCount) => joiner.push(firstPage, pageCount));
      onProgress(next.endPage);
      free.push(next);
    }
  } finally {
    await Promise.allSettled(underWay.map(({ done }) => done));
    await spans.return();
  }
  joiner.end();
}

/** Holds one span of both snapshots. */
class SpanReader {
  readonly #files: Pair<SnapshotFile>;
  readonly #blocks: Pair<RamBlock>;
  readonly #buffers: Pair<Uint8Array>;
  readonly #zeros: Uint8Array;
  #span: UnionSpan | undefined;
  /** Settles when both sides are read. */
  done: Promise<unknown> = Promise.resolve();

  constructor(files: Pair<SnapshotFile>, blocks: Pair<RamBlock>, lengthBytes: number) {
    this.#files = files;
    this.#blocks = blocks;
    this.#buffers = [new Uint8Array(lengthBytes), new Uint8Array(lengthBytes)];
    this.#zeros = new Uint8Array(blocks[0].pageSize);
  }

  /** The page behind the span. */
  get endPage(): number {
    return this.#span === undefined ? 0 : this.#span.firstPage + this.#span.pageCount;
  }

  start(span: UnionSpan): void {
    this.#span = span;
    this.done = Promise.all([this.#read(span, 0), this.#read(span, 1)]);
    // A failure is met when this span's turn comes; until then it must not count as unhandled.
    this.done.catch(() => {});
  }

  async #read({ firstPage, pageCount, bitmaps }: UnionSpan, side: 0 | 1): Promise<void> {
    // Where a side has no page at all, nothing of it will be looked at.
    if (bitmaps[side].every((byte) => byte === 0)) return;
    const { pagesOffset, pageSize } = this.#blocks[side];
    const target = this.#buffers[side].subarray(0, pageCount * pageSize);
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

  async compare(onPages: RunCallback): Promise<void> {
    await this.done;
    const { firstPage, pageCount, bitmaps, bitOffset } = this.#span as UnionSpan;
    const [a, b] = this.#buffers;
    const { pageSize } = this.#blocks[0];
    const lengthBytes = pageCount * pageSize;
    // Most spans are the same all over, also in what does not count.
    const hasSamePages = isSameBytes(bitmaps[0], bitmaps[1]);
    if (hasSamePages && isSamePiece(a, 0, b, 0, lengthBytes)) return;
    for (let page = 0; page < pageCount; page++) {
      const isSetInA = isSet(bitmaps[0], bitOffset + page);
      const isSetInB = isSet(bitmaps[1], bitOffset + page);
      if (!isSetInA && !isSetInB) continue;
      const start = page * pageSize;
      const [left, leftStart] = isSetInA ? [a, start] : [this.#zeros, 0];
      const [right, rightStart] = isSetInB ? [b, start] : [this.#zeros, 0];
      if (!isSamePiece(left, leftStart, right, rightStart, pageSize)) onPages(firstPage + page, 1);
    }
  }
}

function isSet(bitmap: Uint8Array, bit: number): boolean {
  return (((bitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
}
