import {
  booleanOption,
  bytesOption,
  checkOptions,
  forEachRun,
  listOption,
  MappedRamError,
  type OptionChecks,
  withLittleEndianWords,
} from '@mapped-ram/format';
import type { PageRunBytes } from '@mapped-ram/reader';
import type { SnapshotLayout } from './layout.js';
import { PageBits } from './page-bits.js';
import { type FreePages, PageFilter, PageScanners } from './page-filter.js';
import { type PlacedBlock, type Placement, placeSnapshot } from './placement.js';
import type { SnapshotTarget, TargetPiece } from './snapshot-target.js';
import { memSizeWord } from './stream/elements.js';
import type { StreamPart } from './stream-part.js';
import { writeParts } from './write-parts.js';

/** Bitmaps are held while pages are written; with pages of 4 KiB, those of 16 TiB of guest memory. */
const MAX_BITMAP_BYTES = 512 * 1024 * 1024;

const BITMAP_CHUNK_BYTES = 1024 * 1024;

/** How pages are to be stored. */
export interface WriterOptions {
  /** Leave pages out that are all zeros, as QEMU does. On if not given. */
  readonly detectZeroPages?: boolean | undefined;
  /** Pages that the guest does not use, by block: they are left out, and come back as zeros. */
  readonly freePages?: readonly (FreePages | undefined)[] | undefined;
}

const writerChecks: OptionChecks<WriterOptions> = {
  detectZeroPages: booleanOption,
  freePages: listOption((value, name) => {
    if (typeof value !== 'function' && value !== undefined) bytesOption(value, name);
  }),
};

/** Pages that somebody else has written into their places. */
export interface SettledPages {
  readonly firstPage: number;
  readonly pageCount: number;
  /** Bit `i & 7` of byte `i >> 3` is set where page `firstPage + i` is stored, else it is zero; whole 64-bit words. */
  readonly bits: Uint8Array;
}

/** What was written. */
export interface WrittenSnapshot {
  /** Length of the file. */
  readonly sizeBytes: number;
  /** Pages that are in the file, by block. */
  readonly setPages: readonly number[];
}

/**
 * Begins a snapshot: everything before its pages is written. Nothing has the file's name before
 * {@link SnapshotWriter.finish} has returned; call {@link SnapshotWriter.abort} where something fails before.
 *
 * @throws RangeError, MappedRamError as `placeSnapshot` does; `limit-exceeded`, `write-failed`.
 */
export async function createSnapshot(
  target: SnapshotTarget,
  layout: SnapshotLayout,
  options: WriterOptions = {},
): Promise<SnapshotWriter> {
  checkOptions(options, writerChecks);
  const placement = placeSnapshot(layout);
  checkBitmaps(placement.blocks);
  const { front = [], head, blocks } = layout;
  await writeParts(target, 0, front);
  await writeParts(target, placement.streamOffset, [...head, memSizeWord(blocks)]);
  await target.write(
    placement.blocks.map(({ entryOffset, entry }) => ({ byteOffset: entryOffset, bytes: entry })),
  );
  return new SnapshotWriter(target, layout, placement, options);
}

function checkBitmaps(blocks: readonly PlacedBlock[]): void {
  const lengthBytes = blocks.reduce((sum, block) => sum + block.bitmapLengthBytes, 0);
  if (lengthBytes <= MAX_BITMAP_BYTES) return;
  throw new MappedRamError('limit-exceeded', {
    what: 'the snapshot has too much memory to be written',
    path: 'ram',
    expected: `at most ${MAX_BITMAP_BYTES} bytes of bitmaps`,
    actual: lengthBytes,
  });
}

/**
 * A snapshot that is being written. Pages come in any order and any number of times: each has its place, so that the
 * file is never larger than the guest's memory and what describes it.
 */
export class SnapshotWriter {
  /** The blocks in the order of the layout, and where they are. */
  readonly blocks: readonly PlacedBlock[];
  /** Whether pages that are all zeros are left out. */
  readonly detectsZeroPages: boolean;
  readonly #target: SnapshotTarget;
  readonly #layout: SnapshotLayout;
  readonly #streamOffset: number;
  readonly #tailOffset: number;
  readonly #bits: readonly PageBits[];
  readonly #filters: readonly PageFilter[];
  readonly #underWay = new Set<Promise<void>>();

  /** Use {@link createSnapshot}. */
  constructor(target: SnapshotTarget, layout: SnapshotLayout, placement: Placement, options: WriterOptions) {
    const { detectZeroPages = true, freePages = [] } = options;
    this.#target = target;
    this.#layout = layout;
    this.#streamOffset = placement.streamOffset;
    this.#tailOffset = placement.tailOffset;
    this.blocks = placement.blocks;
    this.detectsZeroPages = detectZeroPages;
    this.#bits = this.blocks.map(({ ignored, pageCount }) => new PageBits(ignored ? 0 : pageCount));
    const scanners = detectZeroPages ? new PageScanners() : undefined;
    this.#filters = this.blocks.map(
      ({ pageSize }, index) => new PageFilter(pageSize, scanners, freePages[index]),
    );
  }

  /**
   * Writes consecutive pages of a block.
   *
   * @param blockIndex Position of the block in the layout.
   * @param bytes Whole pages; they must not change until the promise settles.
   * @throws RangeError where these are not pages of the block.
   * @throws MappedRamError `write-failed`.
   */
  writePages(blockIndex: number, firstPage: number, bytes: Uint8Array): Promise<void> {
    const pageCount = bytes.length / (this.blocks[blockIndex]?.pageSize ?? Number.NaN);
    return this.writeRuns(blockIndex, [{ firstPage, pageCount, bytes }]);
  }

  /**
   * Writes runs of a block's pages, such as a batch of `Snapshot.pages`. Of two writes of one page, the later one counts only if {@link round} was awaited in between.
   *
   * @throws RangeError, MappedRamError as {@link writePages} does.
   */
  writeRuns(blockIndex: number, runs: Iterable<PageRunBytes>): Promise<void> {
    const block = this.#block(blockIndex);
    const pieces: TargetPiece[] = [];
    const bits = this.#bits[blockIndex] as PageBits;
    const discards: Promise<void>[] = [];
    for (const { firstPage, pageCount, bytes } of runs) {
      checkRun(block, firstPage, pageCount);
      const filter = this.#filters[blockIndex] as PageFilter;
      filter.divide(firstPage, bytes, {
        stored: (first, count) => {
          const start = (first - firstPage) * block.pageSize;
          bits.set(first, count);
          pieces.push({
            byteOffset: block.pagesOffset + first * block.pageSize,
            bytes: bytes.subarray(start, start + count * block.pageSize),
          });
        },
        dropped: (first, count) => this.#drop(block, bits, first, count, discards),
      });
    }
    return this.#track(Promise.all([this.#target.write(pieces), ...discards]));
  }

  /**
   * Makes pages zero: their bits are cleared, and what lay there becomes a hole.
   *
   * @throws RangeError, MappedRamError as {@link writePages} does.
   */
  clearPages(blockIndex: number, firstPage: number, pageCount: number): Promise<void> {
    const block = this.#block(blockIndex);
    checkRun(block, firstPage, pageCount);
    const discards: Promise<void>[] = [];
    this.#drop(block, this.#bits[blockIndex] as PageBits, firstPage, pageCount, discards);
    return this.#track(Promise.all(discards));
  }

  /**
   * Takes pages for stored of which nothing was written: holes, which read as zeros. A snapshot can say so of any number of
   * pages, and its copy then takes no more room than it does.
   *
   * @throws RangeError as {@link writePages} does.
   */
  keepHoles(blockIndex: number, firstPage: number, pageCount: number): void {
    checkRun(this.#block(blockIndex), firstPage, pageCount);
    (this.#bits[blockIndex] as PageBits).set(firstPage, pageCount);
  }

  /**
   * Takes down what became of consecutive pages that were written past this writer, such as by threads: those that are not
   * stored are zero. What is free is not looked at.
   *
   * @throws RangeError where these are not pages of the block. A failure to make holes is met by {@link round}.
   */
  settlePages(blockIndex: number, { firstPage, pageCount, bits }: SettledPages): void {
    const block = this.#block(blockIndex);
    checkRun(block, firstPage, pageCount);
    const known = this.#bits[blockIndex] as PageBits;
    const discards: Promise<void>[] = [];
    const drop = (first: number, end: number) => {
      if (first < end) this.#drop(block, known, firstPage + first, end - first, discards);
    };
    let next = 0;
    forEachRun(bits, 'le', 0, pageCount, (first, count) => {
      drop(next, first);
      known.set(firstPage + first, count);
      next = first + count;
    });
    drop(next, pageCount);
    this.#track(Promise.all(discards));
  }

  /**
   * Waits for everything that was written so far, so that what comes after it counts: what QEMU does between two
   * passes over dirty memory (QEMU 9.0 to 11.1, migration/ram.c, `find_dirty_block`).
   *
   * @throws MappedRamError `write-failed`.
   */
  async round(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /**
   * Writes bitmaps and the rest of the stream, makes the file durable and gives it its name.
   *
   * @param tail The rest of the stream, where it was not known before; the layout's if not given.
   * @throws MappedRamError `write-failed`, `read-failed`, `target-exists`.
   */
  async finish(tail: readonly StreamPart[] = this.#layout.tail): Promise<WrittenSnapshot> {
    await this.round();
    for (const [index, block] of this.blocks.entries()) await this.#writeBitmap(index, block);
    // END comes after the bitmaps: a file that lacks them never looks complete.
    const sizeBytes = await writeParts(this.#target, this.#tailOffset, tail);
    const { wordOrder } = this.#layout;
    await this.#target.commit({ layout: 'mapped-ram', streamOffset: this.#streamOffset, wordOrder });
    return { sizeBytes, setPages: this.#bits.map((bits) => bits.setPages) };
  }

  /** Gives up: the target is what it was before. Never throws for a second time what a write threw. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#target.abort();
  }

  /** Clears bits; places that were written become holes. */
  #drop(block: PlacedBlock, bits: PageBits, first: number, count: number, discards: Promise<void>[]): void {
    bits.forEachSetRun(first, count, (setFirst, setCount) => {
      const byteOffset = block.pagesOffset + setFirst * block.pageSize;
      discards.push(this.#target.discard(byteOffset, setCount * block.pageSize));
    });
    bits.clear(first, count);
  }

  async #writeBitmap(index: number, { bitmapOffset, ignored }: PlacedBlock): Promise<void> {
    if (ignored) return;
    const { bytes } = this.#bits[index] as PageBits;
    for (let at = 0; at < bytes.length; at += BITMAP_CHUNK_BYTES) {
      const chunk = bytes.subarray(at, at + BITMAP_CHUNK_BYTES);
      // Turning the words around is its own inverse.
      const words = withLittleEndianWords(chunk, this.#layout.wordOrder ?? 'le');
      await this.#target.write([{ byteOffset: bitmapOffset + at, bytes: words }]);
    }
  }

  #block(blockIndex: number): PlacedBlock {
    const block = this.blocks[blockIndex];
    if (block === undefined) throw new RangeError(`there is no block ${blockIndex}`);
    if (block.ignored) throw new RangeError(`the memory of ${block.idstr} is not in the file`);
    return block;
  }

  #track(work: Promise<unknown>): Promise<void> {
    const tracked = work.then(() => {
      this.#underWay.delete(tracked);
    });
    this.#underWay.add(tracked);
    // A failure is met by the caller and by the next round; here it must not count as unhandled.
    tracked.catch(() => {});
    return tracked;
  }
}

function checkRun({ idstr, pageCount: blockPages }: PlacedBlock, firstPage: number, pageCount: number): void {
  const isRun = Number.isSafeInteger(firstPage) && Number.isInteger(pageCount) && pageCount >= 0;
  if (isRun && firstPage >= 0 && firstPage + pageCount <= blockPages) return;
  throw new RangeError(
    `${pageCount} pages from page ${firstPage} are not pages of ${idstr}, which has ${blockPages}`,
  );
}
