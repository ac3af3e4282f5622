import type { RamBlock, Snapshot } from '@mapped-ram/reader';

/** How a block's bitmap and the contents of its pages differ. */
export interface PageContents {
  /** Pages whose bit is clear though bytes are not zero: what an earlier round of a live save left there. */
  readonly stalePages: number;
  /** Pages whose bit is set though every byte is zero. */
  readonly storedZeroPages: number;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads all pages of a block, those under clear bits too, with bounded memory.
 *
 * @param onBytes Is told how many bytes of the block are done, piece by piece.
 * @throws MappedRamError as `Snapshot.pages` does.
 */
export async function readPageContents(
  snapshot: Snapshot,
  block: RamBlock,
  onBytes: (lengthBytes: number) => void = () => {},
): Promise<PageContents> {
  const clearPages = await countPages(snapshot, block, true, onBytes);
  const setPages = await countPages(snapshot, block, false, onBytes);
  return { stalePages: clearPages.nonZero, storedZeroPages: setPages.zero };
}

async function countPages(
  snapshot: Snapshot,
  block: RamBlock,
  clear: boolean,
  onBytes: (lengthBytes: number) => void,
): Promise<{ zero: number; nonZero: number }> {
  const zeros = Buffer.alloc(Math.max(CHUNK_BYTES, block.pageSize));
  let zero = 0;
  let total = 0;
  for await (const batch of snapshot.pages(block, { clear, chunkBytes: CHUNK_BYTES })) {
    for (const { bytes, pageCount } of batch) {
      total += pageCount;
      zero += countZeroPages(bytes, block.pageSize, zeros);
      onBytes(bytes.length);
    }
  }
  return { zero, nonZero: total - zero };
}

function countZeroPages(bytes: Uint8Array, pageSize: number, zeros: Buffer): number {
  // Under clear bits almost everything is zero, so that the whole is tried first.
  if (zeros.compare(bytes, 0, bytes.length, 0, bytes.length) === 0) return bytes.length / pageSize;
  let count = 0;
  for (let at = 0; at < bytes.length; at += pageSize) {
    if (zeros.compare(bytes, at, at + pageSize, 0, pageSize) === 0) count++;
  }
  return count;
}
