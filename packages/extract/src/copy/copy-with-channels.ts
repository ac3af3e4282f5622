import { type ChannelsOptions, loadPages, openChannels } from '@mapped-ram/multifd';
import type { Snapshot } from '@mapped-ram/reader';
import type { FileTarget } from '@mapped-ram/writer/file';
import { type CopyPiece, copyPieces, type OnCopied, pagesOf } from './copy-pieces.js';

/** How channels copy. */
export type ChannelOptions = Pick<ChannelsOptions, 'channels' | 'onNotice'> & {
  /** Go past the page cache where that can be done. Off if not given. */
  readonly directIo?: boolean | undefined;
};

/** Where channels read and write. */
export interface ChannelPlaces {
  /** The snapshot's file. */
  readonly source: string;
  readonly target: FileTarget;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies memory into a new file with parallel threads. Pages of which only a part is wanted, at the ends of a piece, are
 * copied by this one.
 *
 * @throws MappedRamError as {@link copyPieces} does, and the first failure of a channel.
 */
export async function copyWithChannels(
  snapshot: Snapshot,
  pieces: readonly CopyPiece[],
  { source, target, signal }: ChannelPlaces,
  { directIo, ...options }: ChannelOptions,
  onCopied: OnCopied,
): Promise<void> {
  const channels = await openChannels({
    ...options,
    source: { path: source, directIo },
    target: { path: target.partPath, directIo },
    asTheyAre: true,
    signal,
  });
  try {
    for (const piece of pieces) {
      const { whole, ends } = splitAtPages(piece);
      await copyPieces(snapshot, ends, target, onCopied);
      if (whole.lengthBytes === 0) continue;
      const { block, blockOffset, targetOffset } = whole;
      await loadPages(channels, snapshot, block, {
        ...pagesOf(whole),
        withoutHoles: true,
        memoryOffset: targetOffset - blockOffset,
        onMoved: ({ wantedPages }) => onCopied(wantedPages * block.pageSize),
      });
    }
    await channels.sync();
  } finally {
    await channels.close();
  }
}

/** The part of a piece that consists of whole pages, and what is left over at its ends. */
function splitAtPages(piece: CopyPiece): { whole: CopyPiece; ends: CopyPiece[] } {
  const { block, blockOffset, lengthBytes } = piece;
  const end = blockOffset + lengthBytes;
  const from = Math.min(end, Math.ceil(blockOffset / block.pageSize) * block.pageSize);
  const to = Math.max(from, Math.floor(end / block.pageSize) * block.pageSize);
  const part = (start: number, stop: number): CopyPiece => ({
    ...piece,
    blockOffset: start,
    lengthBytes: stop - start,
    targetOffset: piece.targetOffset + start - blockOffset,
  });
  const ends = [part(blockOffset, from), part(to, end)].filter((one) => one.lengthBytes > 0);
  return { whole: part(from, to), ends };
}
