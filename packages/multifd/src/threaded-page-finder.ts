import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dataWindows, type FindExtents, type PagesToScan } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import { dataExtents, isPosixAvailable } from '@mapped-ram/posix';
import { BATCH_BYTES } from './channel-memory.js';
import { type Channels, openChannels } from './channels.js';
import { checkFileChannels, type FileChannelsOptions, usefulChannels } from './file-channels.js';
import type { OnMoved } from './movable-pages.js';

/** How to scan a file. */
export type ThreadedPageFinderOptions = FileChannelsOptions;

/** The unit of `st_blocks`, whatever the file system's own block size. */
const STAT_BLOCK_BYTES = 512;

/** Stretches of holes that are gone through in one turn of the event loop. */
const HOLES_AT_ONCE = 2;

/** Finds the pages of a file that are not all zeros, with parallel channels. */
export class ThreadedPageFinder {
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  readonly #channels: Promise<Channels>;
  readonly #holesDescriptor: number | undefined;
  #closed: Promise<void> | undefined;

  /** Starts the channels in the background. Where that fails, the first {@link ThreadedPageFinder.scan} throws. */
  constructor(path: string, options: ThreadedPageFinderOptions = {}) {
    checkFileChannels(options);
    const { directIo, channels, ...rest } = options;
    this.#path = path;
    this.#signal = options.signal;
    this.#channels = openChannels({
      ...rest,
      channels: usefulChannels(path, channels),
      source: { path, directIo },
    });
    this.#channels.catch(() => {});
    this.#holesDescriptor = openForHoles(path);
  }

  /**
   * Scans a region. Holes count as zeros and are not read, where the system can tell them.
   *
   * @param onScanned Called for all pages of the region, some at a time, in no order; in `bits`, those are set that are not zero.
   * @throws MappedRamError `read-failed`; `short-read` or `unexpected-end` where the file ends before the pages. The signal's
   * reason.
   */
  async scan(region: PagesToScan, onScanned: OnMoved): Promise<void> {
    const channels = await this.#channels;
    const { pagesOffset: readFrom, pageSize } = region;
    let holes = 0;
    for (const window of this.#windows(region)) {
      const { firstPage, pageCount, lookAt } = window;
      if (window.isEmpty) {
        onScanned({ firstPage, pageCount, wantedPages: 0, bits: window.lookAt });
        // Nothing is waited for in a hole, and it may be large: a signal has to come through.
        if (++holes % HOLES_AT_ONCE === 0) await nextTurn();
        this.#signal?.throwIfAborted();
        continue;
      }
      const pages = { pageSize, readFrom, firstPage, pageCount, wanted: lookAt, findZeros: true };
      await channels.move(pages, onScanned);
    }
    await channels.sync();
    this.#checkEnd(region);
  }

  /** Ends the channels and waits for that. Can be called again. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#holesDescriptor !== undefined) closeSync(this.#holesDescriptor);
    const [opened] = await Promise.allSettled([this.#channels]);
    if (opened.status === 'fulfilled') await opened.value.close();
  }

  /** What is cut off while holes are looked for looks like one. */
  #checkEnd({ pagesOffset, pageSize, firstPage, pageCount }: PagesToScan): void {
    if (this.#holesDescriptor === undefined) return;
    const { size } = fstatSync(this.#holesDescriptor);
    const expected = pagesOffset + (firstPage + pageCount) * pageSize;
    if (size >= expected) return;
    throw new MappedRamError('short-read', {
      what: `${this.#path} ends before the pages`,
      byteOffset: size,
      expected,
      actual: size,
    });
  }

  #windows(region: PagesToScan): ReturnType<typeof dataWindows> {
    const descriptor = this.#holesDescriptor;
    const findExtents: FindExtents | undefined =
      descriptor === undefined ? undefined : (from, to) => dataExtents(descriptor, from, to);
    return dataWindows(region, BATCH_BYTES / region.pageSize, findExtents);
  }
}

/** A descriptor to look for holes with; undefined where the file has none, or they cannot be looked for. */
function openForHoles(path: string): number | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  if (hasHoles(descriptor)) return descriptor;
  closeSync(descriptor);
  return undefined;
}

function hasHoles(descriptor: number): boolean {
  const { size, blocks } = fstatSync(descriptor);
  if (blocks * STAT_BLOCK_BYTES >= size || !isPosixAvailable()) return false;
  try {
    dataExtents(descriptor, 0, size).next();
    return true;
  } catch {
    return false;
  }
}
