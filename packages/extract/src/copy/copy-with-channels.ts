import { countSet } from '@mapped-ram/format';
import { type Channels, openChannels } from '@mapped-ram/multifd';
import type { Snapshot } from '@mapped-ram/reader';
import type { FileTarget } from '@mapped-ram/writer/file';
import { type CopyPiece, copyPieces, type OnCopied, pagesOf } from './copy-pieces.js';

/** Where channels read and write. */
export interface ChannelPlaces {
  /** The snapshot's file. */
  readonly source: string;
  readonly target: FileTarget;
  readonly channels: number;
  readonly signal?: AbortSignal | undefined;
}

/** Pages whose bits are taken together: whole words, so that they can be moved on. */
const PAGES_PER_STEP = 1024 * 1024;

/**
 * Copies memory into a new file with parallel threads. Pages of which only a part is wanted, at the ends of a piece, are
 * copied by this one.
 *
 * @throws MappedRamError as {@link copyPieces} does, and the first failure of a channel.
 */
export async function copyWithChannels(
  snapshot: Snapshot,
  pieces: readonly CopyPiece[],
  { source, target, channels: count, signal }: ChannelPlaces,
  onCopied: OnCopied,
): Promise<void> {
  const channels = await openChannels({
    channels: count,
    source: { path: source },
    target: { path: target.partPath },
    signal,
  });
  try {
    for (const piece of pieces) {
      const { whole, ends } = splitAtPages(piece);
      await copyPieces(snapshot, ends, target, onCopied);
      if (whole.lengthBytes > 0) await movePages(channels, snapshot, whole, onCopied);
    }
    await channels.sync();
  } finally {
    await channels.close();
  }
}

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

async function movePages(
  channels: Channels,
  snapshot: Snapshot,
  piece: CopyPiece,
  onCopied: OnCopied,
): Promise<void> {
  const { block, targetOffset } = piece;
  const { pageSize, pagesOffset } = block;
  const { firstPage, pageCount } = pagesOf(piece);
  for (let done = 0; done < pageCount; done += PAGES_PER_STEP) {
    const first = firstPage + done;
    const count = Math.min(PAGES_PER_STEP, pageCount - done);
    const wanted = await readBits(snapshot, piece, first, count);
    await channels.move(
      {
        pageSize,
        pageCount: count,
        wanted,
        readFrom: pagesOffset + first * pageSize,
        writeTo: targetOffset + done * pageSize,
      },
      ({ bits, pageCount: moved }) =>
        onCopied(countSet(bits.subarray(0, Math.ceil(moved / 64) * 8), moved, 'le') * pageSize),
    );
  }
}

/** The bits of some pages as a bitmap of their own. */
async function readBits(
  snapshot: Snapshot,
  { block }: CopyPiece,
  firstPage: number,
  pageCount: number,
): Promise<Uint8Array> {
  const bits = new Uint8Array(Math.ceil(pageCount / 64) * 8);
  for await (const batch of snapshot.runs(block, { firstPage, pageCount })) {
    for (let index = 0; index < batch.length; index++) {
      setBits(bits, batch.firstPage(index) - firstPage, batch.pageCount(index));
    }
  }
  return bits;
}

function setBits(bits: Uint8Array, first: number, count: number): void {
  const end = first + count;
  let bit = first;
  for (; bit < end && bit % 8 !== 0; bit++) bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  const wholeBytes = (end - bit) >> 3;
  bits.fill(0xff, bit >> 3, (bit >> 3) + wholeBytes);
  for (bit += wholeBytes * 8; bit < end; bit++) bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
}
