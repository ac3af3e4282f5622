import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { SnapshotTarget, TargetPiece } from '@mapped-ram/writer';

/** Read at once; three such chunks are held. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** A stretch of a block's memory and where it goes in the output. */
export interface CopyPiece {
  readonly block: RamBlock;
  /** Where in the block it begins, in bytes. */
  readonly blockOffset: number;
  readonly lengthBytes: number;
  readonly targetOffset: number;
}

/** How far copying has come, in bytes of memory, zero or not. */
export interface CopyProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Told of bytes that were copied. */
export type OnCopied = (lengthBytes: number) => void;

/**
 * Copies memory into a new file, in which zero pages stay holes.
 *
 * @throws MappedRamError as `Snapshot.pages` and the target do.
 */
export async function copyPieces(
  snapshot: Snapshot,
  pieces: readonly CopyPiece[],
  target: SnapshotTarget,
  onCopied: OnCopied,
): Promise<void> {
  for (const piece of pieces) {
    const wanted = { ...pagesOf(piece), chunkBytes: CHUNK_BYTES, withoutHoles: true };
    for await (const batch of snapshot.pages(piece.block, wanted)) {
      const parts: TargetPiece[] = [];
      let lengthBytes = 0;
      for (const { firstPage, bytes } of batch) {
        const part = cutToPiece(piece, firstPage * piece.block.pageSize, bytes);
        parts.push(part);
        lengthBytes += part.bytes.length;
      }
      await target.write(parts);
      onCopied(lengthBytes);
    }
  }
}

/** The pages of which at least a part is in a piece. */
export function pagesOf({ block, blockOffset, lengthBytes }: CopyPiece): {
  firstPage: number;
  pageCount: number;
} {
  const firstPage = Math.floor(blockOffset / block.pageSize);
  const endPage = Math.ceil((blockOffset + lengthBytes) / block.pageSize);
  return { firstPage, pageCount: endPage - firstPage };
}

/** What of some bytes of a block is in a piece, and where it goes. */
function cutToPiece(
  { blockOffset, lengthBytes, targetOffset }: CopyPiece,
  at: number,
  bytes: Uint8Array,
): TargetPiece {
  const from = Math.max(0, blockOffset - at);
  const to = Math.min(bytes.length, blockOffset + lengthBytes - at);
  return { byteOffset: targetOffset + at + from - blockOffset, bytes: bytes.subarray(from, to) };
}
