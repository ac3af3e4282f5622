import {
  booleanOption,
  checkOptions,
  forEachRun,
  functionOption,
  integerOption,
  isPageSize,
  MappedRamError,
  setRange,
  type WordOrder,
  withLittleEndianWords,
} from '@mapped-ram/format';
import type { BitmapChunk, RamBlock, Snapshot } from '@mapped-ram/reader';
import type { Channels } from './channels.js';
import type { MovablePages, OnMoved } from './movable-pages.js';

/** What is loaded of a block, and where it goes. */
export interface LoadOptions {
  /** Offset in the target of the block's first byte; 0 if not given. Negative where only later pages are loaded. */
  readonly memoryOffset?: number | undefined;
  /** The first page that is loaded; 0 if not given. */
  readonly firstPage?: number | undefined;
  /** Pages that are loaded; all from the first one on, if not given. */
  readonly pageCount?: number | undefined;
  /** Leave pages out that lie in holes of the snapshot's file, where the source knows its holes. Off if not given. */
  readonly withoutHoles?: boolean | undefined;
  /** Leave pages out that are stored though they are all zeros. Off if not given. */
  readonly findZeros?: boolean | undefined;
  /** Told of pages that are there now. */
  readonly onMoved?: OnMoved | undefined;
}

/**
 * Hands a block's pages over to be copied from the snapshot's file, the channels' source, to their target. Pages whose bits are
 * clear are left as they are in the target: let it be new. {@link Channels.sync} waits for the end.
 *
 * @throws MappedRamError `bad-page-size`; what `Snapshot.readBitmap` and {@link Channels.move} throw.
 */
export async function loadPages(
  channels: Channels,
  snapshot: Snapshot,
  block: RamBlock,
  options: LoadOptions = {},
): Promise<void> {
  checkOptions<LoadOptions>(options, {
    memoryOffset: integerOption(Number.MIN_SAFE_INTEGER),
    firstPage: integerOption(),
    pageCount: integerOption(),
    withoutHoles: booleanOption,
    findZeros: booleanOption,
    onMoved: functionOption,
  });
  const { memoryOffset = 0, findZeros, onMoved } = options;
  const { pageSize, pagesOffset } = block;
  for await (const pages of storedPages(snapshot, block, options))
    await channels.move(
      { pageSize, readFrom: pagesOffset, writeTo: memoryOffset, findZeros, ...pages },
      onMoved,
    );
}

/** Pages of a block, by the bitmap's chunks, and which of them are stored. */
export async function* storedPages(
  snapshot: Snapshot,
  block: RamBlock,
  options: Pick<LoadOptions, 'firstPage' | 'pageCount' | 'withoutHoles'>,
): AsyncGenerator<WantedPages, void, undefined> {
  const { firstPage = 0, pageCount = block.pageCount - firstPage, withoutHoles = false } = options;
  for await (const chunk of snapshot.readBitmap(block, { withoutHoles, firstPage, pageCount })) {
    checkPageSize(block);
    const from = Math.max(firstPage, chunk.firstPage);
    const to = Math.min(firstPage + pageCount, chunk.firstPage + chunk.pageCount);
    if (from < to) yield wantedPages(chunk, snapshot.wordOrder, from, to);
  }
}

type WantedPages = Pick<MovablePages, 'firstPage' | 'pageCount' | 'wanted'>;

/** The bits of some pages: a view where they start with a word, else a copy. */
function wantedPages(
  { firstPage, bytes }: BitmapChunk,
  order: WordOrder,
  from: number,
  to: number,
): WantedPages {
  const words = withLittleEndianWords(bytes, order);
  const pages = { firstPage: from, pageCount: to - from };
  if ((from - firstPage) % 64 === 0) return { ...pages, wanted: words.subarray((from - firstPage) / 8) };
  const wanted = new Uint8Array(Math.ceil(pages.pageCount / 64) * 8);
  forEachRun(words, 'le', from - firstPage, to - firstPage, (first, count) => {
    const start = first + firstPage - from;
    setRange(wanted, start, start + count);
  });
  return { ...pages, wanted };
}

/**
 * Makes sure that channels can move a block's pages.
 *
 * @throws MappedRamError `bad-page-size`.
 */
export function checkPageSize({ pageSize, headerOffset, index }: RamBlock): void {
  if (isPageSize(pageSize)) return;
  throw new MappedRamError('bad-page-size', {
    byteOffset: headerOffset + 4,
    path: `ram.blocks[${index}].pageSize`,
    actual: pageSize,
  });
}
