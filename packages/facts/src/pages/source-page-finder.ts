import {
  createPageScanner,
  forEachRun,
  keepCommon,
  MappedRamError,
  type PageScanner,
} from '@mapped-ram/format';
import { type ByteSource, extentsOf } from '@mapped-ram/reader';
import { type DataWindow, dataWindows } from './data-windows.js';
import type { NonzeroPageFinder, PagesToScan, ScannedPages } from './nonzero-page-finder.js';

/** Bytes that are read and scanned at once, at most; whole words of bitmap for every page size. */
const SLOT_BYTES = 4 * 1024 * 1024;
/** So few bytes are read sooner than it is found out which of them lie in holes. */
const MIN_SPARSE_BYTES = 1024 * 1024;
/** What a quick look at a small file scans: WebAssembly would have to be compiled first, which takes 2 ms. */
const JAVASCRIPT_BYTES = 512 * 1024;
/** Bits of a word of a bitmap. */
const PAGES_PER_WORD = 64;
/** Reads under way at once: the next ones go on while one is scanned. */
const SLOTS = 3;

/** A window whose pages are being read into a slot. */
interface Filling {
  readonly firstPage: number;
  readonly pageCount: number;
  /** Pages of the window from `readFrom` on, so many, are in the slot; the others are zeros. */
  readonly readFrom: number;
  readonly readPages: number;
  readonly lookAt: Uint8Array | undefined;
  readonly slot: number;
  readonly read: Promise<void>;
}

/** A scanner, with room for windows of so many bytes. */
interface Scanning {
  readonly scanner: PageScanner;
  readonly slotBytes: number;
}

/**
 * What the last scan needed is there for the next one, of this finder or another, as long as memory is not collected: where many files are looked at,
 * making it and touching it anew takes a third of the time.
 */
let spare: WeakRef<Scanning> | undefined;

/** Scans through a source in the thread that it is in, in memory of a few MiB at most. */
export class SourcePageFinder implements NonzeroPageFinder {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  async scan(pages: PagesToScan, onScanned: (scanned: ScannedPages) => void): Promise<void> {
    const source = this.#source;
    const knowsHoles = source.dataExtents && pages.pageCount * pages.pageSize >= MIN_SPARSE_BYTES;
    const findExtents = knowsHoles ? (from: number, to: number) => extentsOf(source, from, to) : undefined;
    const fillings: Filling[] = [];
    let scanning: Scanning | undefined;
    let started = 0;
    try {
      for (const window of dataWindows(pages, SLOT_BYTES / pages.pageSize, findExtents)) {
        this.#signal?.throwIfAborted();
        if (window.isEmpty) {
          const { firstPage, pageCount, lookAt } = window;
          onScanned({ firstPage, pageCount, bits: lookAt.subarray(0, Math.ceil(pageCount / 8)) });
          continue;
        }
        scanning ??= takeScanning(pages);
        fillings.push(this.#fill(scanning, pages, window, started++ % SLOTS));
        if (fillings.length === SLOTS) await this.#finish(scanning, fillings, onScanned);
      }
      while (scanning !== undefined && fillings.length > 0) await this.#finish(scanning, fillings, onScanned);
    } finally {
      // The buffer must not be written to after this returns, and a read that fails late must not go unheard.
      await Promise.allSettled(fillings.map(({ read }) => read));
      if (scanning !== undefined) spare = new WeakRef(scanning);
    }
    this.#checkEnd(pages);
  }

  #fill(
    { scanner, slotBytes }: Scanning,
    { pagesOffset, pageSize }: PagesToScan,
    { firstPage, pageCount, lookAt }: DataWindow,
    slot: number,
  ): Filling {
    const { first, end } = lookAt === undefined ? { first: 0, end: pageCount } : spanOf(lookAt, pageCount);
    const start = slot * slotBytes;
    const target = scanner.buffer.subarray(start, start + (end - first) * pageSize);
    const read = this.#read(target, pagesOffset + (firstPage + first) * pageSize);
    read.catch(() => {});
    return {
      firstPage,
      pageCount,
      readFrom: first,
      readPages: end - first,
      lookAt: lookAt?.slice(),
      slot,
      read,
    };
  }

  /** Waits for the oldest read, and scans what it brought. */
  async #finish(
    { scanner, slotBytes }: Scanning,
    fillings: Filling[],
    onScanned: (scanned: ScannedPages) => void,
  ): Promise<void> {
    const [oldest] = fillings;
    if (oldest === undefined) return;
    const { firstPage, pageCount, readFrom, readPages, lookAt, slot, read } = oldest;
    this.#signal?.throwIfAborted();
    await read;
    fillings.shift();
    scanner.scan(slot * slotBytes, readPages);
    const lengthBytes = Math.ceil(pageCount / 8);
    const read8 = readFrom >> 3;
    const bits = readFrom === 0 && readPages === pageCount ? undefined : new Uint8Array(lengthBytes);
    // `readFrom` is a multiple of 8, so that whole bytes can be moved.
    bits?.set(scanner.nonZeroBits.subarray(0, Math.ceil(readPages / 8)), read8);
    const found = bits ?? scanner.nonZeroBits.subarray(0, lengthBytes);
    if (lookAt !== undefined) keepCommon(found, lookAt);
    onScanned({ firstPage, pageCount, bits: found });
  }

  async #read(target: Uint8Array, byteOffset: number): Promise<void> {
    const filled = await this.#source.read(target, byteOffset, { bulk: true });
    if (filled < target.length) throw this.#tooShort(byteOffset + filled, byteOffset + target.length);
  }

  /** What is cut off where nothing is read looks like a hole. */
  #checkEnd({ pagesOffset, pageSize, firstPage, pageCount }: PagesToScan): void {
    const end = pagesOffset + (firstPage + pageCount) * pageSize;
    if (end > this.#source.sizeBytes) throw this.#tooShort(this.#source.sizeBytes, end);
  }

  #tooShort(actualEnd: number, expectedEnd: number): MappedRamError {
    return new MappedRamError('short-read', {
      what: `${this.#source.name} ends before the pages`,
      byteOffset: actualEnd,
      expected: expectedEnd,
      actual: actualEnd,
    });
  }
}

/** With slots that are as large as these pages need. */
function takeScanning({ pageSize, pageCount }: PagesToScan): Scanning {
  const words = Math.ceil(pageCount / PAGES_PER_WORD);
  const slotBytes = Math.min(SLOT_BYTES, words * PAGES_PER_WORD * pageSize);
  const last = spare?.deref();
  spare = undefined;
  if (last?.scanner.pageSize === pageSize && last.slotBytes >= slotBytes) return last;
  const scanner = createPageScanner({
    pageSize,
    bufferLengthBytes: SLOTS * slotBytes,
    javascriptBytes: JAVASCRIPT_BYTES,
  });
  return { scanner, slotBytes };
}

/** The pages from the first to the last whose bit is set, from a whole byte on. */
function spanOf(bits: Uint8Array, pageCount: number): { first: number; end: number } {
  let first: number | undefined;
  let end = 0;
  forEachRun(bits, 'le', 0, pageCount, (from, count) => {
    first ??= from;
    end = from + count;
  });
  return { first: Math.floor((first ?? 0) / 8) * 8, end };
}
