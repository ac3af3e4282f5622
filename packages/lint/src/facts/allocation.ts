import { MAPPED_RAM_HEADER_LENGTH_BYTES } from '@mapped-ram/format';
import type { BlockFacts } from '../context.js';

/** File systems give space in units of at least this. */
const UNIT_BYTES = 4096;

/**
 * The most that the stream, its bitmaps and its set pages can take on disk, in bytes, on a file system that gives space
 * in units of 4 KiB. Undefined where a bitmap could not be read: then nobody knows.
 */
export function neededBytes(fileSizeBytes: number, blocks: readonly BlockFacts[]): number | undefined {
  let needed = 0;
  let position = 0;
  for (const { block, bitmap } of blocks) {
    if (block.ignored) continue;
    if (bitmap === undefined) return undefined;
    needed += spaceFor(block.headerOffset + MAPPED_RAM_HEADER_LENGTH_BYTES - position);
    needed += spaceFor(block.bitmapLengthBytes);
    needed += bitmap.setPages * Math.max(block.pageSize, UNIT_BYTES);
    position = block.pagesOffset + block.usedLength;
  }
  return needed + spaceFor(fileSizeBytes - position);
}

/** Space that a piece of this length takes wherever it starts. */
function spaceFor(lengthBytes: number): number {
  return lengthBytes <= 0 ? 0 : (Math.ceil(lengthBytes / UNIT_BYTES) + 1) * UNIT_BYTES;
}
