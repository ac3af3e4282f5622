import type { PageComparer, PagesToCompare } from '@mapped-ram/facts';
import { type Channels, openChannels } from './channels.js';
import { checkFileChannels, type FileChannelsOptions, usefulChannels } from './file-channels.js';
import type { OnMoved } from './movable-pages.js';

/** How to compare two files. */
export type ThreadedPageComparerOptions = FileChannelsOptions;

/** Finds the pages that two files have differently, with parallel channels. */
export class ThreadedPageComparer implements PageComparer {
  readonly #channels: Promise<Channels>;

  /** Starts the channels in the background. Where that fails, the first {@link ThreadedPageComparer.compare} throws. */
  constructor([a, b]: readonly [string, string], options: ThreadedPageComparerOptions = {}) {
    checkFileChannels(options);
    const { directIo, channels, ...rest } = options;
    this.#channels = openChannels({
      ...rest,
      channels: usefulChannels(a, channels),
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
