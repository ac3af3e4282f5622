import type { Snapshot } from '@mapped-ram/reader';
import type { SnapshotWriter } from '@mapped-ram/writer';
import type { TransformOptions } from './options.js';

/** Read at once; three such chunks are held. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Moves all pages of a snapshot into one that is being written and has the same blocks in the same order. Memory is
 * bounded, whatever the snapshot holds.
 *
 * @param onMoved To be called with the number of bytes of every piece that was moved.
 */
export type PageMover = (
  from: Snapshot,
  to: SnapshotWriter,
  onMoved: (lengthBytes: number) => void,
) => Promise<void>;

/** Moves one chunk after another; the next ones are read while one is written. */
export const movePagesInTurn: PageMover = async (from, to, onMoved) => {
  for (const [index, block] of from.ramBlocks.entries()) {
    for await (const batch of from.pages(block, { chunkBytes: CHUNK_BYTES })) {
      await to.writeRuns(index, batch);
      let pages = 0;
      for (const { pageCount } of batch) pages += pageCount;
      onMoved(pages * block.pageSize);
    }
  }
};

/** Moves all pages as the options say, and reports progress. */
export async function movePages(
  from: Snapshot,
  to: SnapshotWriter,
  { movePages: mover = movePagesInTurn, onProgress }: TransformOptions,
): Promise<void> {
  const totalBytes = await countSetBytes(from);
  let doneBytes = 0;
  await mover(from, to, (lengthBytes) => {
    doneBytes += lengthBytes;
    onProgress?.({ doneBytes, totalBytes });
  });
}

/** Bytes of all pages that are in the file. */
export async function countSetBytes(snapshot: Snapshot): Promise<number> {
  let lengthBytes = 0;
  for (const block of snapshot.ramBlocks) {
    lengthBytes += (await snapshot.countSetPages(block)) * block.pageSize;
  }
  return lengthBytes;
}
