import { createPageScanner, MappedRamError, type PageScanner } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import type { PagesScanner, PagesToScan, ScannedPages } from '../page-scanner.js';

/** Bytes that are read and scanned at once; whole bytes of bitmap for every page size. */
const SLOT_BYTES = 4 * 1024 * 1024;
/** Reads under way at once: the next ones go on while one is scanned. */
const SLOTS = 3;

/** Scans through a source in the thread that it is in, in memory of a few MiB that it keeps. One scan at a time. */
export class SourceScanner implements PagesScanner {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  #scanner: PageScanner | undefined;

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  async scan(pages: PagesToScan, onScanned: (scanned: ScannedPages) => void): Promise<void> {
    const { pagesOffset, pageSize } = pages;
    const scanner = this.#scannerFor(pageSize);
    const slotPages = SLOT_BYTES / pageSize;
    const steps = Math.ceil(pages.pageCount / slotPages);
    const pagesOf = (step: number) => Math.min(slotPages, pages.pageCount - step * slotPages);
    const reads: Promise<void>[] = [];
    const start = (step: number) => {
      if (step >= steps) return;
      const slot = (step % SLOTS) * SLOT_BYTES;
      const target = scanner.buffer.subarray(slot, slot + pagesOf(step) * pageSize);
      const firstPage = pages.firstPage + step * slotPages;
      reads[step % SLOTS] = this.#read(target, pagesOffset + firstPage * pageSize);
    };
    try {
      for (let step = 0; step < SLOTS; step++) start(step);
      for (let step = 0; step < steps; step++) {
        this.#signal?.throwIfAborted();
        await reads[step % SLOTS];
        const pageCount = pagesOf(step);
        scanner.scan((step % SLOTS) * SLOT_BYTES, pageCount);
        const bits = scanner.nonZeroBits.subarray(0, Math.ceil(pageCount / 8));
        onScanned({ firstPage: pages.firstPage + step * slotPages, pageCount, bits });
        start(step + SLOTS);
      }
    } finally {
      // The buffer must not be written to after this returns, and a read that fails late must not go unheard.
      await Promise.allSettled(reads);
    }
  }

  async #read(target: Uint8Array, byteOffset: number): Promise<void> {
    const filled = await this.#source.read(target, byteOffset);
    if (filled === target.length) return;
    throw new MappedRamError('short-read', {
      what: `${this.#source.name} became shorter while it was read`,
      byteOffset: byteOffset + filled,
      expected: target.length,
      actual: filled,
    });
  }

  #scannerFor(pageSize: number): PageScanner {
    if (this.#scanner?.pageSize !== pageSize) {
      this.#scanner = createPageScanner({ pageSize, bufferLengthBytes: SLOTS * SLOT_BYTES });
    }
    return this.#scanner;
  }
}
