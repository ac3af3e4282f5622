import { forEachRun, type WordOrder } from '@mapped-ram/format';
import { readBitmapPart } from './bitmap-chunks.js';
import { type BlockInFile, checkPageSize, readPageBytes } from './block-region.js';
import { groupIntoSpans } from './page-spans.js';
import type { PageRun } from './runs.js';

/**
 * Fills `target` with a block's memory from a page on. Clear bits give zeros, whatever lies there.
 *
 * @throws RangeError where the target is not whole pages of the block, or the block is not in the file.
 * @throws MappedRamError `bad-page-size`, `offset-outside-file`, `unexpected-end`, `read-failed`.
 */
export async function readPages(
  at: BlockInFile,
  order: WordOrder,
  firstPage: number,
  target: Uint8Array,
): Promise<void> {
  checkPageSize(at);
  const { block } = at;
  if (block.ignored) throw new RangeError(`the memory of ${block.idstr} is not in the file`);
  const pageCount = target.length / block.pageSize;
  const fits = Number.isSafeInteger(firstPage) && firstPage >= 0 && firstPage + pageCount <= block.pageCount;
  if (!Number.isInteger(pageCount) || !fits) {
    throw new RangeError(
      `${target.length} bytes from page ${firstPage} are not whole pages of ${block.idstr}, which has ${block.pageCount}`,
    );
  }
  const bitmap = await readBitmapPart(at, firstPage, pageCount);
  const runs: PageRun[] = [];
  forEachRun(bitmap.bytes, order, firstPage - bitmap.firstPage, bitmap.pageCount, (first, count) => {
    runs.push({ firstPage: bitmap.firstPage + first, pageCount: count });
  });
  for await (const span of groupIntoSpans([runs], block.pageSize, pageCount)) {
    const start = (span.firstPage - firstPage) * block.pageSize;
    await readPageBytes(at, span.firstPage, target.subarray(start, start + span.pageCount * block.pageSize));
  }
  clearAround(runs, firstPage, target, block.pageSize);
}

/** Zeroes the pages outside of the runs: what was read there on the way does not count. */
function clearAround(
  runs: readonly PageRun[],
  firstPage: number,
  target: Uint8Array,
  pageSize: number,
): void {
  let clearFrom = 0;
  for (const run of runs) {
    target.fill(0, clearFrom, (run.firstPage - firstPage) * pageSize);
    clearFrom = (run.firstPage + run.pageCount - firstPage) * pageSize;
  }
  target.fill(0, clearFrom);
}
