import type { ByteSource } from '@mapped-ram/reader';
import type { PackedSource } from './packed-source.js';
import { readPart } from './read-part.js';
import { FRAME_MAGIC } from './zstd/frame-header.js';
import { readTableFooter, TABLE_FOOTER_BYTES } from './zstd/seek-table.js';
import { isSkippable, viewOf } from './zstd/skippable-frame.js';

/**
 * Whether a file that begins like this is a packed one, or at least one of zstd. No snapshot begins so.
 *
 * @public
 */
export function isPacked(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  return isSkippable(head) || viewOf(head).getUint32(0, true) === FRAME_MAGIC;
}

/** Whether a source is a packed file that was opened as what it holds. */
export function isPackedSource(source: ByteSource): source is PackedSource {
  return 'readFrames' in source;
}

/** Whether a file is one of zstd whose parts cannot be read alone: it has no seek table, and begins with a frame of contents, as no packed file does that was cut off. */
export async function isPlainZstd(source: ByteSource): Promise<boolean> {
  const head = await readPart(source, 0, Math.min(4, source.sizeBytes));
  if (head.length < 4 || viewOf(head).getUint32(0, true) !== FRAME_MAGIC) return false;
  const tailOffset = Math.max(0, source.sizeBytes - TABLE_FOOTER_BYTES);
  return (
    readTableFooter(await readPart(source, tailOffset, source.sizeBytes - tailOffset), source.sizeBytes) ===
    undefined
  );
}
