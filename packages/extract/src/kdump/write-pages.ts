import type { Snapshot } from '@mapped-ram/reader';
import type { FrameRange, LeftOut } from './frame-bitmap.js';
import type { PageWriter } from './page-writer.js';

/** Memory that is read at once. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Frames that were gone through, and those of them that hold data. */
export interface WrittenFrames {
  readonly frames: number;
  readonly dataFrames: number;
}

/**
 * Writes the frames of a range, those that are left out aside.
 *
 * @returns After each piece, what it had.
 * @throws MappedRamError as reading pages and the writer do.
 */
export async function* writePages(
  snapshot: Snapshot,
  range: FrameRange,
  leftOut: LeftOut,
  pageSize: number,
  writer: PageWriter,
): AsyncGenerator<WrittenFrames, void, undefined> {
  const { block, blockOffset, count } = range;
  const perChunk = CHUNK_BYTES / pageSize;
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let first = 0; first < count; first += perChunk) {
    const frames = Math.min(perChunk, count - first);
    const bytes = chunk.subarray(0, frames * pageSize);
    const firstPage = Math.floor((blockOffset + first * pageSize) / block.pageSize);
    const isEmpty = await hasNothing(snapshot, range, firstPage, bytes.length / block.pageSize);
    if (!isEmpty) await snapshot.readPages(block, firstPage, bytes);
    let dataFrames = 0;
    for (let index = 0; index < frames; index++) {
      if (leftOut.has(range, first + index)) continue;
      const page = bytes.subarray(index * pageSize, (index + 1) * pageSize);
      if (isEmpty || isZero(page)) writer.addZero();
      else {
        writer.add(page);
        dataFrames++;
      }
      if (writer.isFull) await writer.flush();
    }
    yield { frames, dataFrames };
  }
}

/** Whether no page is in the snapshot, or they are all in holes of it. */
async function hasNothing(
  snapshot: Snapshot,
  { block }: FrameRange,
  firstPage: number,
  pageCount: number,
): Promise<boolean> {
  for await (const batch of snapshot.runs(block, { firstPage, pageCount, withoutHoles: true })) {
    if (batch.length > 0) return false;
  }
  return true;
}

function isZero(page: Uint8Array): boolean {
  const words = new BigUint64Array(page.buffer, page.byteOffset, page.length / 8);
  for (let index = 0; index < words.length; index++) if (words[index] !== 0n) return false;
  return true;
}
