import type { Snapshot } from '@mapped-ram/reader';
import type { SnapshotWriter } from '@mapped-ram/writer';
import type { TransformOptions } from './options.js';
import { pagesInTurn } from './page-transport.js';

/** Moves all pages as the options say, and reports progress. */
export async function movePages(
  from: Snapshot,
  to: SnapshotWriter,
  { transport = pagesInTurn, onProgress }: TransformOptions,
): Promise<void> {
  const totalBytes = await countSetBytes(from);
  let doneBytes = 0;
  await transport.move(from, to, (lengthBytes) => {
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
