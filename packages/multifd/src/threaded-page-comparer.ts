import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { PageComparer, PagesToCompare } from '@mapped-ram/facts';
import { booleanOption, checkOptions, functionOption, integerOption, signalOption } from '@mapped-ram/format';
import { BATCH_BYTES } from './channel-memory.js';
import { type Channels, type ChannelsOptions, openChannels } from './channels.js';
import { MAX_CHANNELS } from './limits.js';
import type { OnMoved } from './movable-pages.js';
import type { FilePlace } from './place.js';

/** How to compare two files. */
export type ThreadedPageComparerOptions = Pick<ChannelsOptions, 'channels' | 'signal' | 'onNotice'> &
  Pick<FilePlace, 'directIo'>;

/** Finds the pages that two files have differently, with parallel channels. */
export class ThreadedPageComparer implements PageComparer {
  readonly #channels: Promise<Channels>;

  /** Starts the channels in the background. Where that fails, the first {@link ThreadedPageComparer.compare} throws. */
  constructor([a, b]: readonly [string, string], options: ThreadedPageComparerOptions = {}) {
    checkOptions<ThreadedPageComparerOptions>(options, {
      channels: integerOption(1, MAX_CHANNELS),
      signal: signalOption,
      onNotice: functionOption,
      directIo: booleanOption,
    });
    const { directIo, channels = availableParallelism(), ...rest } = options;
    // More than there are batches would find nothing to do.
    const most = Math.max(1, Math.ceil(sizeOf(a) / BATCH_BYTES));
    this.#channels = openChannels({
      ...rest,
      channels: Math.min(channels, most),
      source: { path: a, directIo },
      compared: { path: b, directIo },
    });
    this.#channels.catch(() => {});
  }

  /**
   * Compares pages, and is done when the promise settles.
   *
   * @param onCompared Called for the pages that are wanted, some at a time, in no order; in `bits`, those are set that differ.
   * @throws MappedRamError `read-failed`; `short-read` or `unexpected-end` where a file ends before the pages. The signal's
   * reason.
   */
  async compare(pages: PagesToCompare, onCompared: OnMoved): Promise<void> {
    const { pagesOffsets, ...rest } = pages;
    const [readFrom, compareWith] = pagesOffsets;
    const channels = await this.#channels;
    await channels.move({ ...rest, readFrom, compareWith }, onCompared);
    await channels.sync();
  }

  /** Ends the channels and waits for that. Never rejects. */
  async close(): Promise<void> {
    const [opened] = await Promise.allSettled([this.#channels]);
    if (opened.status === 'fulfilled') await opened.value.close();
  }
}

/** Where a file cannot be looked at, the channels report why. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
