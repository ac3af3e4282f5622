import { countSet } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import type { SnapshotWriter } from '@mapped-ram/writer';
import type { TransformOptions } from './options.js';
import { pagesInTurn } from './page-transport.js';

/**
 * Moves all pages as the options say, and reports progress. Those in holes are not moved: they stay holes.
 *
 * @param totalBytes Of {@link countDataBytes}.
 */
export async function movePages(
  from: Snapshot,
  to: SnapshotWriter,
  { transport = pagesInTurn, onProgress }: TransformOptions,
  totalBytes: number,
): Promise<void> {
  let doneBytes = 0;
  await transport.move(from, to, (lengthBytes) => {
    doneBytes += lengthBytes;
    onProgress?.({ doneBytes, totalBytes });
  });
  if (!to.detectsZeroPages) await keepHoles(from, to);
}

/** What was moved has its bits already. */
async function keepHoles(from: Snapshot, to: SnapshotWriter): Promise<void> {
  for (const [index, block] of from.ramBlocks.entries()) {
    for await (const batch of from.runs(block)) {
      for (let run = 0; run < batch.length; run++) {
        to.keepHoles(index, batch.firstPage(run), batch.pageCount(run));
      }
    }
  }
}

/** Bytes of all pages that are in the file and in no hole. */
export async function countDataBytes(snapshot: Snapshot): Promise<number> {
  let lengthBytes = 0;
  for (const block of snapshot.ramBlocks) {
    for await (const { bytes, pageCount, isHole } of snapshot.readBitmap(block, {
      withoutHoles: true,
    })) {
      if (isHole) continue;
      lengthBytes += countSet(bytes, pageCount, snapshot.wordOrder) * block.pageSize;
    }
  }
  return lengthBytes;
}

/** Bytes of all pages that are in the file. */
export async function countSetBytes(snapshot: Snapshot): Promise<number> {
  let lengthBytes = 0;
  for (const block of snapshot.ramBlocks) {
    lengthBytes += (await snapshot.countSetPages(block)) * block.pageSize;
  }
  return lengthBytes;
}
