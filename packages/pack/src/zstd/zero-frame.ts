import type { ContentChecksum } from './content-checksum.js';
import {
  BlockType,
  blocksOf,
  CHECKSUM_BYTES,
  FRAME_MAGIC,
  type FrameHeader,
  MAX_BLOCK_BYTES,
  readFrameHeader,
} from './frame-header.js';
import { viewOf } from './skippable-frame.js';

/** A content size of 32 bits, no single segment, a checksum. */
const DESCRIPTOR = 0x84;

/** A window of 128 KiB, as large as a block. */
const WINDOW = 0x38;

const HEADER_BYTES = 10;
const BLOCK_BYTES = 4;

/**
 * A frame of nothing but zeros, by hand: blocks that each say one byte and how often, 32 bytes for a MiB. Every zstd decoder
 * takes it, and it is the same whichever library packs.
 *
 * @param lengthBytes 1 to 2^32 - 1.
 */
export function zeroFrame(lengthBytes: number, checksum: ContentChecksum): Uint8Array {
  const blocks = Math.ceil(lengthBytes / MAX_BLOCK_BYTES);
  const frame = new Uint8Array(HEADER_BYTES + blocks * BLOCK_BYTES + CHECKSUM_BYTES);
  const view = viewOf(frame);
  view.setUint32(0, FRAME_MAGIC, true);
  view.setUint8(4, DESCRIPTOR);
  view.setUint8(5, WINDOW);
  view.setUint32(6, lengthBytes, true);
  for (let index = 0; index < blocks; index++) {
    const sizeBytes = Math.min(MAX_BLOCK_BYTES, lengthBytes - index * MAX_BLOCK_BYTES);
    const isLast = index === blocks - 1 ? 1 : 0;
    view.setUint32(
      HEADER_BYTES + index * BLOCK_BYTES,
      (sizeBytes << 3) | (BlockType.rle << 1) | isLast,
      true,
    );
  }
  view.setUint32(frame.length - CHECKSUM_BYTES, checksum.ofZeros(lengthBytes), true);
  return frame;
}

/**
 * Whether a frame is nothing but zeros, which its blocks say without being decoded.
 *
 * @returns How many, or undefined where it must be decoded to tell.
 * @throws MappedRamError `bad-packed-file`.
 */
export function zerosIn(frame: Uint8Array, header: FrameHeader = readFrameHeader(frame)): number | undefined {
  let lengthBytes = 0;
  for (const { type, sizeBytes, start } of blocksOf(frame, header)) {
    if (type !== BlockType.rle || frame[start] !== 0) return undefined;
    lengthBytes += sizeBytes;
  }
  return lengthBytes;
}
