import { type FileHandle, open } from 'node:fs/promises';
import { type PagesScanner, SourceScanner } from '@mapped-ram/facts';
import { MappedRamError, withLittleEndianWords } from '@mapped-ram/format';
import { judgeSnapshot } from '@mapped-ram/lint';
import { FileScanner } from '@mapped-ram/multifd';
import { type ByteSource, extentsOf, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { type FilteredRuns, PageBits, placeSnapshot } from '@mapped-ram/writer';
import type { ChannelOptions } from './channel-transport.js';
import { openComplete, openOptions } from './complete-snapshot.js';
import { layoutInPlace } from './copy-snapshot.js';
import { allocatedBytes, tryPunchHole } from './files.js';
import { countSetBytes } from './move-pages.js';
import type { TransformOptions } from './options.js';
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
 * Makes holes out of what is not memory in a snapshot: bytes under clear bits, and stored pages that are zero. At every
 * moment the file restores the same memory, so that nothing is lost where the work is cut short. No VM may run from the
 * file meanwhile.
 *
 * @throws MappedRamError as `openComplete` does; `unsupported` where holes cannot be made; `bad-block-table` where parts
 * of the file overlap; `write-failed`.
 */
export async function scrubInPlace(
  path: string,
  options: ScrubInPlaceOptions = {},
): Promise<ScrubInPlaceReport> {
  const source = await openSparseFile(path, options.signal);
  try {
    const snapshot = await openComplete(source, options);
    await judgeSnapshot(source, openOptions(options));
    // Pages that share their place with anything else must not be touched.
    placeSnapshot(layoutInPlace(snapshot, source));
    const handle = await openForWriting(path);
    try {
      const allocatedBytesBefore = await allocatedBytes(path);
      const zeroPages = await withScanner(path, source, options, (scanner) =>
        new Scrub(snapshot, source, handle, path, { ...options, scanner }).run(),
      );
      await handle.sync();
      return { zeroPages, allocatedBytesBefore, allocatedBytesAfter: await allocatedBytes(path) };
    } finally {
      await handle.close();
    }
  } finally {
    await source.close();
  }
}

/** When it returns, every thread that it started has ended. */
async function withScanner<T>(
  path: string,
  source: ByteSource,
  { channels, signal }: ScrubInPlaceOptions,
  act: (scanner: PagesScanner) => Promise<T>,
): Promise<T> {
  if (channels === undefined) return act(new SourceScanner(source, signal));
  const scanner = new FileScanner(path, { ...channels, signal });
  try {
    return await act(scanner);
  } finally {
    await scanner.close();
  }
}

interface ScrubOptions extends Pick<TransformOptions, 'onProgress'> {
  readonly scanner: PagesScanner;
}

class Scrub {
  readonly #snapshot: Snapshot;
  readonly #source: ByteSource;
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #options: ScrubOptions;

  constructor(
    snapshot: Snapshot,
    source: ByteSource,
    handle: FileHandle,
    path: string,
    options: ScrubOptions,
  ) {
    this.#snapshot = snapshot;
    this.#source = source;
    this.#handle = handle;
    this.#path = path;
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
          this.#punch(byteOffset, lengthBytes);
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
        this.#punch(block.pagesOffset + first * block.pageSize, count * block.pageSize);
        zeroPages += count;
      },
    };
    await sortPages(this.#snapshot, block, this.#options.scanner, runs, onScanned);
    // A set bit over a hole is a zero page too, so the bitmap may come later.
    if (zeroPages > 0) await this.#writeBitmap(block, bits);
    return zeroPages;
  }

  #punch(byteOffset: number, lengthBytes: number): void {
    if (tryPunchHole(this.#handle.fd, byteOffset, lengthBytes)) return;
    throw new MappedRamError('unsupported', {
      what: `holes cannot be made in ${this.#path} on this system: scrub it into a copy`,
    });
  }

  async #writeBitmap(block: RamBlock, bits: PageBits): Promise<void> {
    const words = withLittleEndianWords(bits.bytes, this.#snapshot.wordOrder);
    for (let at = 0; at < words.length; ) {
      at += (await this.#handle.write(words, at, words.length - at, block.bitmapOffset + at)).bytesWritten;
    }
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (cause) {
    const what = `${path} cannot be changed: ${(cause as Error).message}`;
    throw new MappedRamError('write-failed', { what, cause });
  }
}
