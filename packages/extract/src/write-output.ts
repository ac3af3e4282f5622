import { type ByteSource, openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openSource as openPlain } from '@mapped-ram/reader/file';
import { checkFreeSpace, type FileTarget, makeFile } from '@mapped-ram/writer/file';
import { type CopyPiece, copyPieces } from './copy/copy-pieces.js';
import { copyWithChannels } from './copy/copy-with-channels.js';
import type { ExtractOptions } from './extract-options.js';

/** What is to be in an output: memory, and bytes of its own before it. */
export interface OutputPlan {
  readonly sizeBytes: number;
  readonly pieces: readonly CopyPiece[];
  /** Comes first. */
  readonly head?: Uint8Array | undefined;
}

/** What an output became. */
export interface OutputReport {
  /** Length of the file; zero pages are holes in it. */
  readonly sizeBytes: number;
  /** Bytes of memory that were copied: those whose pages are in the snapshot, and in no hole of it. */
  readonly copiedBytes: number;
}

/** A snapshot to take memory from: a file's path, or a source, which stays open. */
export type SnapshotInput = string | ByteSource;

/** Where a snapshot lies. */
export interface SnapshotPlace {
  /** The file in which channels find its pages; undefined where it lies in a container or a source, which only this thread reads. */
  readonly source: string | undefined;
  /** From which the snapshot was opened. */
  readonly bytes: ByteSource;
}

/**
 * Opens a snapshot and closes what it opened, whatever happens.
 *
 * @throws MappedRamError as `openSource` and `openSnapshot` do; what `use` throws.
 * @throws TypeError where `input` is neither a path nor a source.
 */
export async function withSnapshot<T>(
  input: SnapshotInput,
  options: ExtractOptions,
  use: (snapshot: Snapshot, place: SnapshotPlace) => Promise<T>,
): Promise<T> {
  if (typeof input !== 'string') return use(await open(input, options), { source: undefined, bytes: input });
  const { openSource = (file) => openPlain(file, []) } = options;
  const { source, container } = await openSource(input);
  try {
    const place = { source: container === undefined ? input : undefined, bytes: source };
    return await use(await open(source, options), place);
  } finally {
    await source.close();
  }
}

function open(source: ByteSource, { streamOffset, wordOrder, signal }: ExtractOptions): Promise<Snapshot> {
  return openSnapshot(source, {
    ...(streamOffset !== undefined && { streamOffset }),
    ...(wordOrder !== undefined && { wordOrder }),
    ...(signal !== undefined && { signal }),
  });
}

/**
 * Makes a file with memory of a snapshot: whole, or not at all.
 *
 * @throws MappedRamError `target-exists`, `write-failed`; what reading pages throws; the signal's reason.
 */
export async function writeOutput(
  snapshot: Snapshot,
  { source, output }: Pick<SnapshotPlace, 'source'> & { readonly output: string },
  { sizeBytes, pieces, head }: OutputPlan,
  options: ExtractOptions,
): Promise<OutputReport> {
  const totalBytes = await countBytes(snapshot, pieces);
  await checkFreeSpace(output, totalBytes);
  await makeFile(output, { overwrite: options.overwrite }, async (target) => {
    // So that it is as long as it says also where it ends with a hole.
    await target.resize(sizeBytes);
    if (head !== undefined) await target.write([{ byteOffset: 0, bytes: head }]);
    await copy(snapshot, source, target, pieces, totalBytes, options);
  });
  return { sizeBytes, copiedBytes: totalBytes };
}

function copy(
  snapshot: Snapshot,
  source: string | undefined,
  target: FileTarget,
  pieces: readonly CopyPiece[],
  totalBytes: number,
  { channels, signal, onProgress }: ExtractOptions,
): Promise<void> {
  let doneBytes = 0;
  const onCopied = (lengthBytes: number) => {
    doneBytes += lengthBytes;
    onProgress?.({ doneBytes, totalBytes });
  };
  if (channels === undefined || source === undefined) return copyPieces(snapshot, pieces, target, onCopied);
  return copyWithChannels(snapshot, pieces, { source, target, signal }, channels, onCopied);
}

/** Bytes of pages that are in the snapshot and in no hole, as far as they are in pieces. */
async function countBytes(snapshot: Snapshot, pieces: readonly CopyPiece[]): Promise<number> {
  let lengthBytes = 0;
  for (const { block, blockOffset, lengthBytes: pieceBytes } of pieces) {
    const { pageSize } = block;
    const end = blockOffset + pieceBytes;
    const firstPage = Math.floor(blockOffset / pageSize);
    const pageCount = Math.ceil(end / pageSize) - firstPage;
    for await (const batch of snapshot.runs(block, { firstPage, pageCount, withoutHoles: true })) {
      for (let index = 0; index < batch.length; index++) {
        const from = batch.firstPage(index) * pageSize;
        const to = from + batch.pageCount(index) * pageSize;
        lengthBytes += Math.min(to, end) - Math.max(from, blockOffset);
      }
    }
  }
  return lengthBytes;
}
