import { MappedRamError, RAM_SECTION_IDSTR } from '@mapped-ram/format';
import {
  type ByteSource,
  openSnapshot,
  type RamBlock,
  type Snapshot,
  type StreamModel,
} from '@mapped-ram/reader';
import { checkNotCompressed } from './libvirt-image.js';
import { countSetBytes } from './move-pages.js';
import type { TransformOptions } from './options.js';
import { extentsOf } from './sparse-source.js';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Opens a snapshot whose memory is all there, so that one that is made out of it is not worse than it seems.
 *
 * @throws MappedRamError the first problem of the file; `incomplete-save` where the bitmaps do not say what was saved.
 */
export async function openComplete(source: ByteSource, options: TransformOptions): Promise<Snapshot> {
  const snapshot = await openSnapshot(source, { ...openOptions(options), tolerant: true });
  checkNotCompressed(snapshot);
  const [problem] = snapshot.problems;
  if (problem !== undefined) throw problem.error;
  if (!hasRamEnd(snapshot)) {
    const what =
      'the ram state has no end, so its bitmaps were not written; a background snapshot can be repaired';
    throw new MappedRamError('incomplete-save', { what });
  }
  if ((await countSetBytes(snapshot)) > 0) return snapshot;
  const block = await findBlockWithData(source, snapshot.ramBlocks);
  if (block === undefined) return snapshot;
  const what = `every bitmap is zero although pages of ${block.idstr} were written; that can be repaired`;
  throw new MappedRamError('incomplete-save', { what });
}

/** The options for opening that are among an operation's. */
export function openOptions({ streamOffset, wordOrder }: TransformOptions) {
  return {
    ...(streamOffset !== undefined && { streamOffset }),
    ...(wordOrder !== undefined && { wordOrder }),
  };
}

/** Whether the ram state was ended, which a save does after it wrote the bitmaps. */
export function hasRamEnd({ sections }: StreamModel): boolean {
  return sections.some((section) => section.kind === 'end' && section.idstr === RAM_SECTION_IDSTR);
}

/**
 * The first block in whose pages region anything but zeros lies.
 *
 * @throws MappedRamError `read-failed`.
 */
export async function findBlockWithData(
  source: ByteSource,
  blocks: readonly RamBlock[],
): Promise<RamBlock | undefined> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (const block of blocks) {
    if (block.ignored) continue;
    for (const extent of extentsOf(source, block.pagesOffset, block.pagesOffset + block.usedLength)) {
      for (let at = 0; at < extent.lengthBytes; at += CHUNK_BYTES) {
        const piece = buffer.subarray(0, extent.lengthBytes - at);
        const filled = await source.read(piece, extent.byteOffset + at);
        if (piece.subarray(0, filled).some((byte) => byte !== 0)) return block;
      }
    }
  }
  return undefined;
}
