import { Limits, MappedRamError, withLittleEndianWords } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { Channels } from './channels.js';
import type { OnMoved } from './movable-pages.js';

/** Where a block's memory goes. */
export interface LoadOptions {
  /** Offset in the target of the block's first byte; 0 if not given. */
  readonly memoryOffset?: number | undefined;
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
  { memoryOffset = 0, onMoved }: LoadOptions = {},
): Promise<void> {
  const { pageSize, pagesOffset } = block;
  for await (const { firstPage, pageCount, bytes } of snapshot.readBitmap(block)) {
    checkPageSize(block);
    const wanted = withLittleEndianWords(bytes, snapshot.wordOrder);
    const pages = { pageSize, readFrom: pagesOffset, writeTo: memoryOffset, firstPage, pageCount, wanted };
    await channels.move(pages, onMoved);
  }
}

function checkPageSize({ pageSize, headerOffset, index }: RamBlock): void {
  const { minPageSizeBytes, maxPageSizeBytes } = Limits;
  const isPower = (pageSize & (pageSize - 1)) === 0;
  if (isPower && pageSize >= minPageSizeBytes && pageSize <= maxPageSizeBytes) return;
  throw new MappedRamError('bad-page-size', {
    byteOffset: headerOffset + 4,
    path: `ram.blocks[${index}].pageSize`,
    actual: pageSize,
  });
}
