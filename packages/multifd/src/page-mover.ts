import type { WasmMemory } from '@mapped-ram/format';
import { forEachRun, keepCommon } from '@mapped-ram/format/bitmap';
import { createPageScanner, type PageScanner } from '@mapped-ram/format/zero-page';
import {
  BUFFER_BYTES,
  COMPARED_PIECE_BYTES,
  PIECE_BYTES,
  READ_PIECE_BYTES,
  STRAIGHT_PIECE_BYTES,
  WRITTEN_PIECE_BYTES,
} from './channel-memory.js';
import { clearSame } from './clear-same.js';
import { DIRECT_ALIGNMENT_BYTES } from './direct-step.js';
import { FileStore } from './file-store.js';
import type { KernelCopy } from './kernel-copy.js';
import { keepBeginnings, type Literal } from './literal.js';
import { MemoryStore } from './memory-store.js';

import type { Batch } from './protocol.js';
import { readSpans } from './read-spans.js';
import type { Store } from './store.js';

/**
 * Of pages that were looked at, shorter runs are written from where they were read to: a call takes as long. So are all from another file
 * system: that takes less time than the kernel's reading them once more.
 */
const KERNEL_COPY_FROM_BYTES = 64 * 1024;

/** One whose pages go somewhere. */
type WrittenBatch = Batch & { readonly writeTo: number };

function isWritten(batch: Batch): batch is WrittenBatch {
  return batch.writeTo !== undefined;
}

/** What a channel moves pages with. */
export interface PageMoverParts {
  readonly memory: WasmMemory;
  /** Of the channel's part of the memory, page-aligned. */
  readonly memoryOffset: number;
  readonly source: Store;
  readonly target?: Store | undefined;
  /** What pages of the source are held against. */
  readonly compared?: Store | undefined;
  /** What pages are searched for. */
  readonly literal?: Literal | undefined;
  /** Between the two, where they are files. */
  readonly kernelCopy?: KernelCopy | undefined;
  /** Whether the source reads into aligned memory only: nothing but the channel's own is. */
  readonly needsAlignment: boolean;
}

/** Moves batches of pages, a piece at a time, through a buffer in the channel's part of the shared memory. */
export class PageMover {
  readonly #parts: PageMoverParts;
  #scanner: PageScanner | undefined;

  constructor(parts: PageMoverParts) {
    this.#parts = parts;
  }

  /** Whether pages that are not looked at come through no memory of this process, as far as is known. */
  get copiesInKernel(): boolean {
    const { kernelCopy, target } = this.#parts;
    return kernelCopy?.isPossible === true || (target instanceof MemoryStore && target.isMapped);
  }

  /**
   * @param bits Which pages of the batch are wanted, in whole 64-bit words, and none past its end. With `findZeros`, those of
   * zero pages are cleared, with `compareWith` those of pages that are the same, and with `findLiteral` those of pages in which it does not begin.
   * @throws MappedRamError
   */
  move(batch: Batch, bits: Uint8Array): void {
    const { compareWith } = batch;
    if (compareWith !== undefined) this.#compare(batch, compareWith, bits);
    else if (batch.findLiteral) this.#search(batch, bits);
    else if (isWritten(batch)) this.#write(batch, bits);
    else this.#read(batch, bits);
  }

  /** Closes the places. */
  close(): void {
    this.#parts.source.close();
    this.#parts.target?.close();
    this.#parts.compared?.close();
  }

  /** Reads a piece of both files into the two halves of the buffer, so that both are in the processor's cache. */
  #compare({ readFrom, pageSize, pageCount }: Batch, compareWith: number, bits: Uint8Array): void {
    const { source, compared } = this.#parts;
    if (compared === undefined) throw new TypeError('there is nothing to compare with');
    const { buffer } = this.#scannerFor(pageSize);
    const half = Math.floor(buffer.length / 2 / DIRECT_ALIGNMENT_BYTES) * DIRECT_ALIGNMENT_BYTES;
    const piecePages = Math.max(8, COMPARED_PIECE_BYTES / pageSize);
    const read = (store: Store, into: Uint8Array, pieceOffset: number, first: number, count: number) => {
      // As aligned in memory as in the file, so that it can be read directly.
      const pages = into.subarray(pieceOffset % DIRECT_ALIGNMENT_BYTES);
      readSpans(bits, first, count, pageSize, (from, to) => {
        store.read(pages.subarray(from, to), pieceOffset + from);
      });
      return pages;
    };
    for (let first = 0; first < pageCount; first += piecePages) {
      const count = Math.min(piecePages, pageCount - first);
      const at = first * pageSize;
      const a = read(source, buffer, readFrom + at, first, count);
      const b = read(compared, buffer.subarray(half), compareWith + at, first, count);
      clearSame(a, b, bits, { first, count, pageSize });
    }
  }

  #search({ readFrom, pageSize, pageCount }: Batch, bits: Uint8Array): void {
    const { source, literal } = this.#parts;
    if (literal === undefined) throw new TypeError('there is nothing to look for');
    const { buffer } = this.#scannerFor(pageSize);
    const piecePages = Math.max(8, PIECE_BYTES / pageSize);
    for (let first = 0; first < pageCount; first += piecePages) {
      const count = Math.min(piecePages, pageCount - first);
      const pieceOffset = readFrom + first * pageSize;
      const pages = buffer.subarray(pieceOffset % DIRECT_ALIGNMENT_BYTES);
      readSpans(bits, first, count, pageSize, (from, to) => {
        source.read(pages.subarray(from, to), pieceOffset + from);
      });
      keepBeginnings(pages, literal, bits, { first, count, pageSize });
    }
  }

  #read(batch: Batch, bits: Uint8Array): void {
    const piecePages = Math.max(8, READ_PIECE_BYTES / batch.pageSize);
    for (let first = 0; first < batch.pageCount; first += piecePages)
      this.#readPiece(batch, bits, first, Math.min(piecePages, batch.pageCount - first));
  }

  #write(batch: WrittenBatch, bits: Uint8Array): void {
    if (!this.#moveInKernel(batch, bits)) this.#moveInPieces(batch, bits);
    const { target } = this.#parts;
    const { writeTo, pageCount, pageSize } = batch;
    if (target instanceof FileStore) target.writeBack(writeTo, pageCount * pageSize);
  }

  #moveInPieces(batch: WrittenBatch, bits: Uint8Array): void {
    const piecePages = this.#writtenPiecePages(batch.pageSize);
    for (let first = 0; first < batch.pageCount; ) {
      const straightPages = this.#moveStraight(batch, bits, first, piecePages);
      const count = Math.min(piecePages, batch.pageCount - first);
      if (straightPages === 0) this.#moveThrough(batch, bits, first, count);
      first += straightPages || count;
    }
  }

  /** Copies without a look at the pages; false where that does not do, or not all were copied. */
  #moveInKernel(
    { readFrom, writeTo, pageSize, pageCount, findZeros }: WrittenBatch,
    bits: Uint8Array,
  ): boolean {
    const { kernelCopy, target } = this.#parts;
    if (!kernelCopy?.isPossible || findZeros) return false;
    let isDone = true;
    target?.together(() =>
      forEachRun(bits, 'le', 0, pageCount, (first, count) => {
        const at = first * pageSize;
        isDone &&= kernelCopy.copy(readFrom + at, writeTo + at, count * pageSize);
      }),
    );
    return isDone;
  }

  /** Has pieces that are wanted whole where they belong, if that is memory, which saves a copy. @returns How many pages that were. */
  #moveStraight(batch: WrittenBatch, bits: Uint8Array, first: number, piecePages: number): number {
    const { readFrom, writeTo, pageSize, pageCount, findZeros } = batch;
    const { source, target, needsAlignment } = this.#parts;
    if (findZeros || needsAlignment || !(target instanceof MemoryStore)) return 0;
    let end = first;
    for (; end < pageCount; end += piecePages)
      if (!areAllSet(bits, end, Math.min(piecePages, pageCount - end))) break;
    const pages = Math.min(end, pageCount) - first;
    if (pages === 0) return 0;
    const [from, to, length] = [readFrom + first * pageSize, writeTo + first * pageSize, pages * pageSize];
    const partOfFile = () => (source instanceof FileStore ? source.mappablePart(from, length) : undefined);
    for (let done = target.map(to, length, partOfFile); done < length; done += STRAIGHT_PIECE_BYTES) {
      const pieceBytes = Math.min(STRAIGHT_PIECE_BYTES, length - done);
      target.fill(to + done, pieceBytes, (bytes) => source.read(bytes, from + done));
    }
    return pages;
  }

  /** Has a piece's wanted pages in the buffer, and clears the bits of zero pages where these are looked for. @returns The first page, and what follows */
  #readPiece(batch: Batch, bits: Uint8Array, first: number, count: number): Uint8Array {
    const { readFrom, pageSize, findZeros } = batch;
    const { source } = this.#parts;
    const scanner = this.#scannerFor(pageSize);
    const pieceOffset = readFrom + first * pageSize;
    // As aligned in memory as in the file, so that the middle can be read directly.
    const start = pieceOffset % DIRECT_ALIGNMENT_BYTES;
    const pages = scanner.buffer.subarray(start);
    readSpans(bits, first, count, pageSize, (from, to) => {
      source.read(pages.subarray(from, to), pieceOffset + from);
    });
    if (findZeros) {
      scanner.scan(start, count);
      keepCommon(bits.subarray(first / 8, Math.ceil((first + count) / 8)), scanner.nonZeroBits);
    }
    return pages;
  }

  #moveThrough(batch: WrittenBatch, bits: Uint8Array, first: number, count: number): void {
    const { readFrom, writeTo, pageSize } = batch;
    const { target, kernelCopy } = this.#parts;
    const pages = this.#readPiece(batch, bits, first, count);
    const pieceOffset = readFrom + first * pageSize;
    target?.together(() =>
      forEachRun(bits, 'le', first, first + count, (runFirst, runPages) => {
        const from = (runFirst - first) * pageSize;
        const [length, at] = [runPages * pageSize, writeTo + runFirst * pageSize];
        const copies = length >= KERNEL_COPY_FROM_BYTES && kernelCopy?.mayShare === true;
        if (copies && kernelCopy.copy(pieceOffset + from, at, length)) return;
        target.write(pages.subarray(from, from + length), at);
      }),
    );
  }

  /** Whole bytes of bits. */
  #writtenPiecePages(pageSize: number): number {
    const isMemory = this.#parts.target instanceof MemoryStore;
    return Math.max(8, (isMemory ? PIECE_BYTES : WRITTEN_PIECE_BYTES) / pageSize);
  }

  #scannerFor(pageSize: number): PageScanner {
    if (this.#scanner?.pageSize !== pageSize) {
      const { memory, memoryOffset } = this.#parts;
      this.#scanner = createPageScanner({ pageSize, bufferLengthBytes: BUFFER_BYTES, memory, memoryOffset });
    }
    return this.#scanner;
  }
}

/** @param first A multiple of 8: whole words are not to be had of large pages. */
function areAllSet(bits: Uint8Array, first: number, count: number): boolean {
  for (let done = 0; done < count; done += 8) {
    const wanted = count - done >= 8 ? 0xff : (1 << (count - done)) - 1;
    if (((bits[(first + done) / 8] ?? 0) & wanted) !== wanted) return false;
  }
  return true;
}
