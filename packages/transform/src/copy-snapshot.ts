import { checkOptions } from '@mapped-ram/format';
import type { ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';
import {
  createSnapshot,
  findBlockTable,
  layoutOf,
  placeSnapshot,
  type SnapshotLayout,
  type SnapshotTarget,
  type StreamPart,
} from '@mapped-ram/writer';
import { openComplete } from './complete-snapshot.js';
import { countDataBytes, movePages } from './move-pages.js';
import { transformChecks } from './option-checks.js';
import type { TransformOptions } from './options.js';

/** A block of a file system, mostly. */
const FILE_BLOCK_BYTES = 4096;

/** What a copy holds. */
export interface CopyReport {
  readonly sizeBytes: number;
  /** Pages that are in the file, by block. */
  readonly setPages: readonly number[];
}

/**
 * Copies a snapshot by its bitmaps: what they say is zero becomes a hole, whatever lay there; everything else is where
 * and what it was, also what is before and behind the stream.
 *
 * @throws MappedRamError as `openComplete` and `createSnapshot` do. The target is then to be given up.
 */
export async function copySnapshot(
  source: ByteSource,
  target: SnapshotTarget,
  options: TransformOptions = {},
): Promise<CopyReport> {
  checkOptions(options, transformChecks);
  const snapshot = await openToCopy(source, options, false);
  return copyPages(snapshot, target, layoutInPlace(snapshot, source), options, false);
}

/**
 * Opens a snapshot whose pages {@link copyPages} is going to move.
 *
 * @throws MappedRamError as `openComplete` does.
 */
export function openToCopy(
  source: ByteSource,
  options: TransformOptions,
  detectZeroPages: boolean,
): Promise<Snapshot> {
  options.transport?.prepareMove(!detectZeroPages);
  return openComplete(source, options);
}

/** Copies an open snapshot under a layout. */
export async function copyPages(
  snapshot: Snapshot,
  target: SnapshotTarget,
  layout: SnapshotLayout,
  options: TransformOptions,
  detectZeroPages: boolean,
): Promise<CopyReport> {
  const isByKernel = !detectZeroPages && keepsAlignment(snapshot, layout);
  const copiedFrom = isByKernel ? options.transport?.kernelCopiesFrom : undefined;
  const dataBytes = await countDataBytes(snapshot);
  await target.expect?.(dataBytes, copiedFrom);
  const writer = await createSnapshot(target, layout, { detectZeroPages });
  await movePages(snapshot, writer, options, dataBytes);
  return writer.finish();
}

/** Whether pages are moved by whole blocks of the file system, which it can share only then. */
function keepsAlignment({ ramBlocks }: Snapshot, layout: SnapshotLayout): boolean {
  const { blocks } = placeSnapshot(layout);
  return ramBlocks.every(
    ({ ignored, pagesOffset }, index) =>
      ignored || ((blocks[index]?.pagesOffset ?? 0) - pagesOffset) % FILE_BLOCK_BYTES === 0,
  );
}

/** The layout with which everything stays where it is, to the last byte of the file. */
export function layoutInPlace(snapshot: Snapshot, source: ByteSource): SnapshotLayout {
  const layout = layoutOf(snapshot, source);
  const { table } = findBlockTable(snapshot);
  const tailOffset = table.byteOffset + table.byteLength;
  const part = (from: number, to: number): StreamPart => ({
    source,
    byteOffset: from,
    byteLength: to - from,
  });
  return {
    ...layout,
    front: [part(0, snapshot.streamOffset)],
    blocks: layout.blocks.map((block, index) => ({ ...block, places: table.blocks[index] as RamBlock })),
    tail: [part(tailOffset, source.sizeBytes)],
  };
}
