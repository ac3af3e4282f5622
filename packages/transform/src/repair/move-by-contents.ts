import { type ByteSource, type Extent, extentsOf, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import type { SnapshotWriter } from '@mapped-ram/writer';
import type { TransformOptions } from '../options.js';
import { pagesInTurn } from '../page-transport.js';

const CHUNK_BYTES = 1024 * 1024;

/** Which blocks to move how. */
interface MoveOptions extends TransformOptions {
  /** Blocks whose bitmaps do not say what is in them. */
  readonly blocks: ReadonlySet<RamBlock>;
}

/**
 * Moves the pages of a snapshot: of blocks whose bitmaps do not say it all that lies in the pages regions and is not zero, of the
 * others what the bitmaps say.
 *
 * @param to Must leave out zero pages.
 * @throws MappedRamError `read-failed`, `write-failed`.
 */
export async function movePagesByContents(
  from: Snapshot,
  source: ByteSource,
  to: SnapshotWriter,
  { blocks, transport = pagesInTurn, onProgress }: MoveOptions,
): Promise<void> {
  const totalBytes = from.ramBlocks.reduce((sum, block) => sum + (block.ignored ? 0 : block.usedLength), 0);
  let doneBytes = 0;
  for (const [index, block] of from.ramBlocks.entries()) {
    if (block.ignored) continue;
    if (!blocks.has(block)) {
      for await (const batch of transport.read(from, block)) await to.writeRuns(index, batch);
      doneBytes += block.usedLength;
      onProgress?.({ doneBytes, totalBytes });
      continue;
    }
    const buffer = new Uint8Array(Math.max(block.pageSize, CHUNK_BYTES));
    for (const { firstPage, pageCount } of pagesWithData(block, source, buffer.length / block.pageSize)) {
      const bytes = buffer.subarray(0, pageCount * block.pageSize).fill(0);
      // A file may end in its last page.
      await source.read(bytes, block.pagesOffset + firstPage * block.pageSize);
      await to.writePages(index, firstPage, bytes);
      onProgress?.({ doneBytes: doneBytes + (firstPage + pageCount) * block.pageSize, totalBytes });
    }
    doneBytes += block.usedLength;
  }
}

/** Whole pages that are not all in holes, in pieces. */
function* pagesWithData(block: RamBlock, source: ByteSource, mostPages: number) {
  const { pagesOffset, pageSize, pageCount } = block;
  let next = 0;
  for (const extent of extentsOf(source, pagesOffset, pagesOffset + block.usedLength)) {
    const { first, end } = coveringPages(extent, pagesOffset, pageSize);
    for (next = Math.max(next, first); next < Math.min(end, pageCount); ) {
      const count = Math.min(mostPages, Math.min(end, pageCount) - next);
      yield { firstPage: next, pageCount: count };
      next += count;
    }
  }
}

function coveringPages({ byteOffset, lengthBytes }: Extent, pagesOffset: number, pageSize: number) {
  const start = byteOffset - pagesOffset;
  return { first: Math.floor(start / pageSize), end: Math.ceil((start + lengthBytes) / pageSize) };
}
