import type { ByteSource, RamBlock } from '@mapped-ram/reader';

const PIECE_BYTES = 1024 * 1024;

/**
 * Looks for a byte that is not zero in a block's pages region, from its start.
 *
 * @param mostBytes How much to read at most.
 * @returns Its offset in the file; undefined where none was met.
 * @throws MappedRamError `read-failed`.
 */
export async function findData(
  source: ByteSource,
  { pagesOffset, usedLength }: RamBlock,
  mostBytes: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const end = Math.min(pagesOffset + Math.min(usedLength, mostBytes), source.sizeBytes);
  const buffer = new Uint8Array(PIECE_BYTES);
  for (let at = pagesOffset; at < end; at += PIECE_BYTES) {
    signal?.throwIfAborted();
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, end - at));
    await source.read(piece, at);
    const found = piece.findIndex((byte) => byte !== 0);
    if (found >= 0) return at + found;
  }
  return undefined;
}
