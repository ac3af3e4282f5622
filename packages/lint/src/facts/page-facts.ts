import { createPageScanner, Limits, type PageScanner, withLittleEndianWords } from '@mapped-ram/format';
import type { BitmapChunk, ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';

/** What one pass over a block's pages region tells (a deep run). */
export interface PageFacts {
  /** Pages whose bit is set though every byte is zero. */
  readonly storedZeroPages: number;
  readonly firstStoredZeroPage?: number;
  /** Pages whose bit is clear though bytes are not zero: left from an earlier round of a live save, or lost. */
  readonly stalePages: number;
  readonly firstStalePage?: number;
}

/** Bytes that are read and scanned at once; whole bytes of bitmap for every page size. */
const SLOT_BYTES = 4 * 1024 * 1024;
/** Reads under way at once: the next ones go on while one is scanned. */
const SLOTS = 3;

/** Whether the pages of this size can be scanned at all. */
export function isScannable({ pageSize, ignored }: RamBlock): boolean {
  const fits = pageSize >= Limits.minPageSizeBytes && pageSize <= Limits.maxPageSizeBytes;
  return !ignored && fits && (pageSize & (pageSize - 1)) === 0;
}

/** Scans pages regions from end to end, in memory of a few MiB that it keeps between blocks. */
export class PageScan {
  readonly #source: ByteSource;
  readonly #snapshot: Snapshot;
  readonly #onBytes: (lengthBytes: number) => void;
  #scanner: PageScanner | undefined;

  /** @param onBytes Is told of every piece that was scanned, in bytes of the pages region. */
  constructor(source: ByteSource, snapshot: Snapshot, onBytes: (lengthBytes: number) => void) {
    this.#source = source;
    this.#snapshot = snapshot;
    this.#onBytes = onBytes;
  }

  /**
   * Compares a block's bitmap with what its pages hold. What lies past the end of the file counts as zero.
   *
   * @throws MappedRamError `read-failed`, `offset-outside-file`; the signal's reason.
   */
  async scan(block: RamBlock, signal?: AbortSignal): Promise<PageFacts> {
    const tally = new Tally();
    for await (const chunk of this.#snapshot.readBitmap(block)) {
      await this.#scanChunk(block, chunk, tally, signal);
    }
    return tally.facts();
  }

  async #scanChunk(block: RamBlock, chunk: BitmapChunk, tally: Tally, signal?: AbortSignal): Promise<void> {
    const { pageSize } = block;
    const bitmap = withLittleEndianWords(chunk.bytes, this.#snapshot.wordOrder);
    const scanner = this.#scannerFor(pageSize);
    const slotPages = SLOT_BYTES / pageSize;
    const steps = Math.ceil(chunk.pageCount / slotPages);
    const lengthOf = (step: number) => Math.min(slotPages, chunk.pageCount - step * slotPages) * pageSize;
    const reads: Promise<number>[] = [];
    const start = (step: number) => {
      if (step >= steps) return;
      const slot = (step % SLOTS) * SLOT_BYTES;
      const page = chunk.firstPage + step * slotPages;
      const target = scanner.buffer.subarray(slot, slot + lengthOf(step));
      reads[step % SLOTS] = this.#source.read(target, block.pagesOffset + page * pageSize);
    };
    try {
      for (let step = 0; step < SLOTS; step++) start(step);
      for (let step = 0; step < steps; step++) {
        signal?.throwIfAborted();
        const filled = await (reads[step % SLOTS] as Promise<number>);
        const slot = (step % SLOTS) * SLOT_BYTES;
        const pages = lengthOf(step) / pageSize;
        scanner.buffer.fill(0, slot + filled, slot + pages * pageSize);
        scanner.scan(slot, pages);
        tally.add(
          chunk.firstPage + step * slotPages,
          pages,
          scanner.nonZeroBits,
          bitmap,
          (step * slotPages) / 8,
        );
        this.#onBytes(pages * pageSize);
        start(step + SLOTS);
      }
    } finally {
      // The buffer must not be written to after this returns, and a read that fails late must not go unheard.
      await Promise.allSettled(reads);
    }
  }

  #scannerFor(pageSize: number): PageScanner {
    if (this.#scanner?.pageSize !== pageSize) {
      this.#scanner = createPageScanner({ pageSize, bufferLengthBytes: SLOTS * SLOT_BYTES });
    }
    return this.#scanner;
  }
}

/** Counts the pages on which the bitmap and the contents differ. */
class Tally {
  #storedZeroPages = 0;
  #stalePages = 0;
  #firstStoredZeroPage: number | undefined;
  #firstStalePage: number | undefined;

  /** @param bitmap The bit of `firstPage` is the lowest one of byte `bitmapByte`; little-endian words. */
  add(
    firstPage: number,
    pageCount: number,
    nonZero: Uint8Array,
    bitmap: Uint8Array,
    bitmapByte: number,
  ): void {
    for (let byte = 0; byte * 8 < pageCount; byte++) {
      const inBlock = pageCount - byte * 8 >= 8 ? 0xff : (1 << (pageCount - byte * 8)) - 1;
      const set = (bitmap[bitmapByte + byte] ?? 0) & inBlock;
      const filled = nonZero[byte] ?? 0;
      if (set === filled) continue;
      const zero = set & ~filled;
      const stale = filled & ~set;
      if (zero !== 0) {
        this.#storedZeroPages += bitsIn(zero);
        this.#firstStoredZeroPage ??= firstPage + byte * 8 + lowestBit(zero);
      }
      if (stale !== 0) {
        this.#stalePages += bitsIn(stale);
        this.#firstStalePage ??= firstPage + byte * 8 + lowestBit(stale);
      }
    }
  }

  facts(): PageFacts {
    return {
      storedZeroPages: this.#storedZeroPages,
      ...(this.#firstStoredZeroPage !== undefined && { firstStoredZeroPage: this.#firstStoredZeroPage }),
      stalePages: this.#stalePages,
      ...(this.#firstStalePage !== undefined && { firstStalePage: this.#firstStalePage }),
    };
  }
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

function bitsIn(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
