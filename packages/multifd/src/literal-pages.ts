import { checkOptions, integerOption } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { Channels } from './channels.js';
import { type LoadOptions, storedPages } from './load-pages.js';
import type { OnMoved } from './movable-pages.js';

/** In which pages of a block to search. */
export type LiteralPagesOptions = Pick<LoadOptions, 'firstPage' | 'pageCount'>;

/**
 * Hands a block's pages over to be searched for the channels' literal. Pages that are not stored, or lie in holes, are zeros, in which it does not
 * begin. {@link Channels.sync} waits for the end.
 *
 * @param onSearched Told of pages that were looked at, some at a time, in no order; in `bits`, those are set in which the literal begins, or
 * may begin: where the next page is not looked at together with it, its end is not seen.
 * @throws MappedRamError `bad-page-size`; what `Snapshot.readBitmap` and {@link Channels.move} throw.
 */
export async function findLiteralPages(
  channels: Channels,
  snapshot: Snapshot,
  block: RamBlock,
  options: LiteralPagesOptions,
  onSearched: OnMoved,
): Promise<void> {
  checkOptions<LiteralPagesOptions>(options, { firstPage: integerOption(), pageCount: integerOption() });
  const { pageSize, pagesOffset: readFrom } = block;
  for await (const pages of storedPages(snapshot, block, { ...options, withoutHoles: true }))
    await channels.move({ pageSize, readFrom, findLiteral: true, ...pages }, onSearched);
}
