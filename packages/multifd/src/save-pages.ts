import { type BlockPlan, booleanOption, bytesOption, checkOptions, integerOption } from '@mapped-ram/format';
import type { Channels } from './channels.js';
import type { MovedPages } from './movable-pages.js';

/** A block whose memory is saved: a `RamBlock` is one, and so is what the writer places. */
export interface SavedBlock extends Pick<BlockPlan, 'pagesOffset'> {
  readonly pageSize: number;
  readonly pageCount: number;
}

/** What is saved of a block, and from where. */
export interface SaveOptions {
  /** Offset in the source of the block's first byte; 0 if not given. */
  readonly memoryOffset?: number | undefined;
  /** The pages to save in this round: little-endian 64-bit words. All if not given. */
  readonly dirty?: Uint8Array | undefined;
  /** Leave pages out that are all zeros, as QEMU does. On if not given. */
  readonly detectZeroPages?: boolean | undefined;
}

/**
 * Hands a block's memory over to be copied from the channels' source to its fixed place in the snapshot, the channels' target.
 * Everything else of the snapshot is the caller's. {@link Channels.sync} waits for the end; between two rounds over the same block
 * it is needed, as in QEMU (9.0 to 11.1, migration/ram.c, `find_dirty_block`).
 *
 * @param bitmap The block's bitmap as little-endian 64-bit words, which is kept up to date: a page that became zero loses its bit,
 * and what lies in its place stays there.
 * @throws RangeError where the bitmap does not fit; what {@link Channels.move} throws.
 */
export async function savePages(
  channels: Channels,
  { pagesOffset, pageSize, pageCount }: SavedBlock,
  bitmap: Uint8Array,
  options: SaveOptions = {},
): Promise<void> {
  checkOptions<SaveOptions>(options, {
    memoryOffset: integerOption(Number.MIN_SAFE_INTEGER),
    dirty: bytesOption,
    detectZeroPages: booleanOption,
  });
  const { memoryOffset = 0, dirty, detectZeroPages = true } = options;
  if (bitmap.length % 8 !== 0 || bitmap.length * 8 < pageCount) {
    throw new RangeError(`${bitmap.length} bytes of bitmap are not whole words for ${pageCount} pages`);
  }
  const note = ({ firstPage, bits }: MovedPages): void => {
    for (const [index, saved] of bits.entries()) {
      const at = firstPage / 8 + index;
      bitmap[at] = ((bitmap[at] ?? 0) & ~(dirty?.[at] ?? 0xff)) | saved;
    }
  };
  const pages = { pageSize, readFrom: memoryOffset, writeTo: pagesOffset, pageCount };
  await channels.move({ ...pages, wanted: dirty, findZeros: detectZeroPages }, note);
}
