import { checkOptions, functionOption, integerOption } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { CONTEXT_BYTES, type Pattern } from './pattern.js';

/** What is read at once: no more than a processor keeps at hand until it is searched. */
const CHUNK_BYTES = 1024 * 1024;

/** Larger than what is copied for patterns of any length. */
const BUFFER_BYTES = 16 * 1024;

/** Bytes behind a match's first one that are kept of it. */
const PREVIEW_BYTES = 64;

/** A place in a block where a pattern is. */
export interface BlockMatch {
  readonly block: RamBlock;
  /** Where in the block it begins, in bytes. */
  readonly blockOffset: number;
  readonly lengthBytes: number;
  /** Its first bytes, and what is behind them, up to 64. A copy. */
  readonly preview: Uint8Array;
}

/** How to search. */
export interface SearchOptions {
  /** Only what begins in this page and {@link SearchOptions.pageCount} from it on; from the first one of the block when not given. */
  readonly firstPage?: number | undefined;
  /** Up to the end of the block when not given. */
  readonly pageCount?: number | undefined;
  /** Told of bytes of pages that were looked at. */
  readonly onSearched?: ((lengthBytes: number) => void) | undefined;
}

/**
 * Finds a pattern in a block's memory, run by run. What lies across pages is found, and what reaches into pages that are zero.
 *
 * @returns Matches, ascending; one may lie in another.
 * @throws MappedRamError as `Snapshot.pages` does.
 */
export async function* searchBlock(
  snapshot: Snapshot,
  block: RamBlock,
  pattern: Pattern,
  options: SearchOptions = {},
): AsyncGenerator<BlockMatch, void, undefined> {
  checkOptions<SearchOptions>(options, {
    firstPage: integerOption(),
    pageCount: integerOption(),
    onSearched: functionOption,
  });
  const { pageSize } = block;
  const { onSearched, firstPage = 0, pageCount = block.pageCount - firstPage } = options;
  const window = new SearchWindow(block, pattern, firstPage * pageSize);
  const end = (firstPage + pageCount) * pageSize;
  // What begins in the last page may end in others.
  const behind = Math.ceil(window.overlap / pageSize);
  const pages = { firstPage, pageCount: Math.min(pageCount + behind, block.pageCount - firstPage) };
  const wanted = { ...pages, chunkBytes: CHUNK_BYTES, withoutHoles: true };
  for await (const batch of snapshot.pages(block, wanted)) {
    for (const { firstPage: first, bytes } of batch) {
      const at = first * pageSize;
      if (at < end) onSearched?.(Math.min(bytes.length, end - at));
      for (const match of window.push(at, bytes)) {
        if (match.blockOffset >= end) return;
        yield match;
      }
    }
  }
  for (const match of window.end()) {
    if (match.blockOffset >= end) return;
    yield match;
  }
}

/** Bytes as they come, with as much of what was before as a match can begin in. Between runs memory is zero. */
class SearchWindow {
  readonly #block: RamBlock;
  readonly #pattern: Pattern;
  /** What of the bytes is kept for a match, and shown behind it. */
  readonly overlap: number;
  #buffer = new Uint8Array(BUFFER_BYTES);
  /** Where in the block the buffer begins. */
  #start: number;
  #length = 0;
  /** Where in the buffer the next match may begin. */
  #next = 0;

  /** @param start Where the first bytes are, or zeros before them. */
  constructor(block: RamBlock, pattern: Pattern, start: number) {
    this.#block = block;
    this.#pattern = pattern;
    this.overlap = pattern.maxBytes + PREVIEW_BYTES;
    this.#start = start;
  }

  *push(offset: number, bytes: Uint8Array): Generator<BlockMatch> {
    const gap = offset - (this.#start + this.#length);
    if (gap > this.overlap) {
      yield* this.end();
      this.#start = offset - this.overlap;
    }
    this.#appendZeros(Math.min(gap, this.overlap));
    const head = CONTEXT_BYTES + 2 * this.overlap;
    if (bytes.length <= 2 * head) {
      yield* this.#append(bytes);
      return;
    }
    // Of much, the ends alone are copied.
    yield* this.#append(bytes.subarray(0, head));
    const end = bytes.length - this.overlap;
    const next = yield* this.#findIn(bytes, offset, this.#start + this.#next - offset, end);
    this.#start = offset + end - CONTEXT_BYTES;
    this.#next = next - end + CONTEXT_BYTES;
    this.#length = 0;
    this.#buffer.set(bytes.subarray(end - CONTEXT_BYTES), this.#makeRoom(CONTEXT_BYTES + this.overlap));
  }

  /** What is behind is zero. */
  *end(): Generator<BlockMatch> {
    const end = this.#length;
    if (end === 0) return;
    this.#appendZeros(Math.min(this.overlap, this.#block.usedLength - this.#start - end));
    yield* this.#find(end);
    this.#length = 0;
    this.#next = 0;
  }

  *#append(bytes: Uint8Array): Generator<BlockMatch> {
    this.#buffer.set(bytes, this.#makeRoom(bytes.length));
    yield* this.#find(this.#length - this.overlap);
  }

  /** Finds what begins before an end, and forgets what is before it. */
  *#find(end: number): Generator<BlockMatch> {
    if (end <= this.#next) return;
    const bytes = this.#buffer.subarray(0, this.#length);
    const next = yield* this.#findIn(bytes, this.#start, this.#next, end);
    const forgotten = Math.max(0, end - CONTEXT_BYTES);
    this.#buffer.copyWithin(0, forgotten, this.#length);
    this.#start += forgotten;
    this.#length -= forgotten;
    this.#next = next - forgotten;
  }

  /** @param start Where in the block the bytes are. @returns where among them to go on */
  *#findIn(bytes: Uint8Array, start: number, from: number, end: number): Generator<BlockMatch, number> {
    const found: { offset: number; lengthBytes: number }[] = [];
    const next = this.#pattern.find(bytes, from, end, (offset, lengthBytes) =>
      found.push({ offset, lengthBytes }),
    );
    for (const { offset, lengthBytes } of found) {
      const preview = bytes.slice(offset, offset + PREVIEW_BYTES);
      yield { block: this.#block, blockOffset: start + offset, lengthBytes, preview };
    }
    return next;
  }

  #appendZeros(lengthBytes: number): void {
    if (lengthBytes <= 0) return;
    const end = this.#makeRoom(lengthBytes);
    this.#buffer.fill(0, end, end + lengthBytes);
  }

  /** @returns where it is */
  #makeRoom(lengthBytes: number): number {
    const end = this.#length;
    this.#length += lengthBytes;
    if (this.#length > this.#buffer.length) {
      const larger = new Uint8Array(this.#length + this.overlap);
      larger.set(this.#buffer.subarray(0, end));
      this.#buffer = larger;
    }
    return end;
  }
}
