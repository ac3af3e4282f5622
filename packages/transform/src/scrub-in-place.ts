import { type NonzeroPageFinder, SourcePageFinder } from '@mapped-ram/facts';
import { booleanOption, checkOptions, signalOption } from '@mapped-ram/format';
import { judgeSnapshot } from '@mapped-ram/lint';
import { ThreadedPageFinder } from '@mapped-ram/multifd';
import { type ByteSource, extentsOf, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { allocatedBytes } from '@mapped-ram/reader/file';
import { type FilteredRuns, PageBits, placeSnapshot } from '@mapped-ram/writer';
import type { ChannelOptions } from './channel-transport.js';
import { openComplete, openOptions } from './complete-snapshot.js';
import { layoutInPlace } from './copy-snapshot.js';
import { InPlaceFile } from './in-place-file.js';
import { countSetBytes } from './move-pages.js';
import { channelsOption, placeChecks } from './option-checks.js';
import type { TransformOptions } from './options.js';
import { punchOutsidePages } from './punch-outside-pages.js';
import { sortPages } from './sort-pages.js';
import { openSparseFile } from './sparse-source.js';

/** What was scrubbed. */
export interface ScrubInPlaceReport {
  /** Pages that were stored though they were zero, and are holes now. */
  readonly zeroPages: number;
  /** Bytes on disk before and after. */
  readonly allocatedBytesBefore: number;
  readonly allocatedBytesAfter: number;
}

/** How to scrub a file in place. */
export interface ScrubInPlaceOptions extends Omit<TransformOptions, 'transport'> {
  /** Ends the work: the next read throws its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Look for zero pages with channels; without, this thread does it. */
  readonly channels?: Omit<ChannelOptions, 'signal'> | undefined;
}

/**
 * Makes holes out of what is not memory in a snapshot: bytes under clear bits, stored pages that are zero, and what lies between its parts.
 * At every moment the file restores the same memory, so that nothing is lost where the work is cut short. No VM may run from
 * the file meanwhile.
 *
 * @throws MappedRamError as `openComplete` does; `unsupported` where holes cannot be made; `bad-block-table` where parts
 * of the file overlap; `write-failed`.
 */
export async function scrubInPlace(
  path: string,
  options: ScrubInPlaceOptions = {},
): Promise<ScrubInPlaceReport> {
  checkOptions<ScrubInPlaceOptions>(options, {
    ...{ ...placeChecks, channels: channelsOption },
    dropUnmarkedPages: booleanOption,
    signal: signalOption,
  });
  const source = await openSparseFile(path, { signal: options.signal });
  try {
    const snapshot = await openComplete(source, options);
    const { dropUnmarkedPages } = options;
    await judgeSnapshot(source, { ...openOptions(options), dropUnmarkedPages });
    // Pages that share their place with anything else must not be touched.
    const placement = placeSnapshot(layoutInPlace(snapshot, source));
    const allocatedBytesBefore = await allocatedBytes(path);
    const zeroPages = await InPlaceFile.change(path, async (file) => {
      await punchOutsidePages(source, placement, file);
      return withScanner(path, source, options, (scanner) =>
        new Scrub(snapshot, source, file, { ...options, scanner }).run(),
      );
    });
    return { zeroPages, allocatedBytesBefore, allocatedBytesAfter: await allocatedBytes(path) };
  } finally {
    await source.close();
  }
}

/** When it returns, every thread that it started has ended. */
async function withScanner<T>(
  path: string,
  source: ByteSource,
  { channels, signal }: ScrubInPlaceOptions,
  act: (scanner: NonzeroPageFinder) => Promise<T>,
): Promise<T> {
  if (channels === undefined) return act(new SourcePageFinder(source, signal));
  const scanner = new ThreadedPageFinder(path, { ...channels, signal });
  try {
    return await act(scanner);
  } finally {
    await scanner.close();
  }
}

interface ScrubOptions extends Pick<TransformOptions, 'onProgress'> {
  readonly scanner: NonzeroPageFinder;
}

class Scrub {
  readonly #snapshot: Snapshot;
  readonly #source: ByteSource;
  readonly #file: InPlaceFile;
  readonly #options: ScrubOptions;

  constructor(snapshot: Snapshot, source: ByteSource, file: InPlaceFile, options: ScrubOptions) {
    this.#snapshot = snapshot;
    this.#source = source;
    this.#file = file;
    this.#options = options;
  }

  /** @returns How many stored pages were zero. */
  async run(): Promise<number> {
    const totalBytes = await countSetBytes(this.#snapshot);
    let doneBytes = 0;
    let zeroPages = 0;
    for (const block of this.#snapshot.ramBlocks) {
      if (block.ignored) continue;
      await this.#punchClearRuns(block);
      zeroPages += await this.#punchZeroPages(block, (lengthBytes) => {
        doneBytes += lengthBytes;
        this.#options.onProgress?.({ doneBytes, totalBytes });
      });
    }
    return zeroPages;
  }

  async #punchClearRuns(block: RamBlock): Promise<void> {
    for await (const batch of this.#snapshot.runs(block, { clear: true })) {
      for (const { firstPage, pageCount } of batch) {
        const from = block.pagesOffset + firstPage * block.pageSize;
        const to = from + pageCount * block.pageSize;
        // A look costs less than making a hole where one is.
        for (const { byteOffset, lengthBytes } of extentsOf(this.#source, from, to)) {
          this.#file.punch(byteOffset, lengthBytes);
        }
      }
    }
  }

  async #punchZeroPages(block: RamBlock, onScanned: (lengthBytes: number) => void): Promise<number> {
    const bits = new PageBits(block.pageCount);
    let zeroPages = 0;
    const runs: FilteredRuns = {
      stored: (first, count) => bits.set(first, count),
      dropped: (first, count) => {
        this.#file.punch(block.pagesOffset + first * block.pageSize, count * block.pageSize);
        zeroPages += count;
      },
    };
    await sortPages(this.#snapshot, block, this.#options.scanner, runs, onScanned);
    // A set bit over a hole is a zero page too, so the bitmap may come later.
    if (zeroPages > 0) await this.#file.writeBitmap(this.#snapshot, block, bits.bytes);
    return zeroPages;
  }
}
