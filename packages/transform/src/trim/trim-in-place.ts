import { checkOptions, signalOption, withLittleEndianWords } from '@mapped-ram/format';
import { type DroppablePages, findDroppablePages } from '@mapped-ram/guest';
import { judgeSnapshot } from '@mapped-ram/lint';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { allocatedBytes } from '@mapped-ram/reader/file';
import { PageBits, placeSnapshot } from '@mapped-ram/writer';
import { openComplete, openOptions } from '../complete-snapshot.js';
import { layoutInPlace } from '../copy-snapshot.js';
import { InPlaceFile } from '../in-place-file.js';
import { trimChecks } from '../option-checks.js';
import { openSparseFile } from '../sparse-source.js';
import type { TrimOptions } from './plan-trim.js';
import { type TrimReport, trimReport } from './trim-report.js';

/** What was trimmed, and what came of it. */
export interface TrimInPlaceReport extends TrimReport {
  /** Bytes on disk before and after. */
  readonly allocatedBytesBefore: number;
  readonly allocatedBytesAfter: number;
}

/**
 * Drops the pages from a snapshot that its Linux guest does not use: clears their bits and makes holes out of them. At every moment the file
 * restores a guest that goes on as before, also where the work is cut short. No VM may run from the file meanwhile.
 *
 * @throws MappedRamError as `openComplete` and `findDroppablePages` do; `unsupported` where holes cannot be made; `bad-block-table` where
 * parts of the file overlap; `write-failed`.
 */
export async function trimInPlace(
  path: string,
  options: TrimOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<TrimInPlaceReport> {
  checkOptions(options, { ...trimChecks, signal: signalOption });
  const source = await openSparseFile(path, { signal: options.signal });
  try {
    const snapshot = await openComplete(source, options);
    await judgeSnapshot(source, openOptions(options));
    // Pages that share their place with anything else must not be touched.
    placeSnapshot(layoutInPlace(snapshot, source));
    const droppable = await findDroppablePages(snapshot, options);
    const report = trimReport(droppable);
    const allocatedBytesBefore = await allocatedBytes(path);
    await InPlaceFile.change(path, (file) => drop(snapshot, droppable, file, options));
    return { ...report, allocatedBytesBefore, allocatedBytesAfter: await allocatedBytes(path) };
  } finally {
    await source.close();
  }
}

async function drop(
  snapshot: Snapshot,
  { stored }: DroppablePages,
  file: InPlaceFile,
  { onProgress }: TrimOptions,
): Promise<void> {
  const totalBytes = stored.blocks.reduce((sum, { usedLength }) => sum + usedLength, 0);
  let doneBytes = 0;
  for (const block of stored.blocks) {
    // First the bytes, then the bits: a hole under a set bit is a zero page, but data under a clear bit would look like memory that was lost.
    stored.forEachRun(block, (first, count) => {
      file.punch(block.pagesOffset + first * block.pageSize, count * block.pageSize);
    });
    await file.writeBitmap(snapshot, block, await bitmapWithout(snapshot, block, stored.bits(block)));
    doneBytes += block.usedLength;
    onProgress?.({ doneBytes, totalBytes });
  }
}

/** A block's bitmap with bits cleared, in little-endian words. */
async function bitmapWithout(
  snapshot: Snapshot,
  block: RamBlock,
  dropped: Uint8Array | undefined,
): Promise<Uint8Array> {
  const { bytes: kept } = new PageBits(block.pageCount);
  for await (const { firstPage, bytes } of snapshot.readBitmap(block)) {
    kept.set(withLittleEndianWords(bytes, snapshot.wordOrder), firstPage / 8);
  }
  for (const [index, byte] of (dropped ?? []).entries()) kept[index] = (kept[index] as number) & ~byte;
  return kept;
}
