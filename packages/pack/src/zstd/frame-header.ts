import { MappedRamError } from '@mapped-ram/format';
import { viewOf } from './skippable-frame.js';

/** The magic number of a frame with contents (RFC 8878, 3.1.1). */
export const FRAME_MAGIC = 0xfd2fb528;

/** The most that a block of a frame holds (RFC 8878, 3.1.1.2.3). */
export const MAX_BLOCK_BYTES = 128 * 1024;

/** The content checksum at a frame's end. */
export const CHECKSUM_BYTES = 4;

const BLOCK_HEADER_BYTES = 3;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;

/** What stands at the beginning of a frame. */
export interface FrameHeader {
  readonly headerBytes: number;
  /** Memory that decoding takes. */
  readonly windowBytes: number;
  /** Length of the contents, where the frame tells. */
  readonly contentBytes?: number | undefined;
  readonly hasChecksum: boolean;
  readonly dictionaryId: number;
}

/**
 * Reads the header of a frame.
 *
 * @throws MappedRamError `bad-packed-file`.
 */
export function readFrameHeader(frame: Uint8Array): FrameHeader {
  const view = viewOf(frame);
  if (frame.length < 5 || view.getUint32(0, true) !== FRAME_MAGIC) throw notAFrame('is no zstd frame');
  const descriptor = view.getUint8(4);
  if ((descriptor & 0x08) !== 0) throw notAFrame('has a reserved bit set');
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = DICTIONARY_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3];
  const sizeCode = (descriptor >> 6) as 0 | 1 | 2 | 3;
  const sizeBytes = sizeCode === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeCode];
  const headerBytes = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
  if (frame.length < headerBytes) throw notAFrame('ends in its header');
  const sizeAt = headerBytes - sizeBytes;
  const contentBytes = sizeBytes === 0 ? undefined : readContentSize(view, sizeAt, sizeBytes);
  return {
    headerBytes,
    windowBytes: isSingleSegment ? (contentBytes ?? 0) : windowOf(view.getUint8(5)),
    contentBytes,
    hasChecksum: (descriptor & 0x04) !== 0,
    dictionaryId: readLittleEndian(view, sizeAt - dictionaryBytes, dictionaryBytes),
  };
}

/** How a block of a frame is stored. */
export const BlockType = { raw: 0, rle: 1, compressed: 2, reserved: 3 } as const;

/** A block's header. */
export interface BlockHeader {
  readonly isLast: boolean;
  readonly type: number;
  /** Of a block of repeated bytes how many they are; of all others how many are stored. */
  readonly sizeBytes: number;
  /** Offset in the frame of what is stored, and of what follows. */
  readonly start: number;
  readonly end: number;
}

/**
 * Walks over the blocks of a frame without decoding any. Stops after the last one.
 *
 * @throws MappedRamError `bad-packed-file` where the bytes end before the frame does.
 */
export function* blocksOf(frame: Uint8Array, { headerBytes }: FrameHeader): Generator<BlockHeader, void> {
  const view = viewOf(frame);
  for (let at = headerBytes; ; ) {
    if (at + BLOCK_HEADER_BYTES > frame.length) throw notAFrame('ends between blocks');
    const header = readLittleEndian(view, at, BLOCK_HEADER_BYTES);
    const type = (header >> 1) & 3;
    const sizeBytes = header >> 3;
    const start = at + BLOCK_HEADER_BYTES;
    const end = start + (type === BlockType.rle ? 1 : sizeBytes);
    if (type === BlockType.reserved || sizeBytes > MAX_BLOCK_BYTES)
      throw notAFrame('has an impossible block');
    if (end > frame.length) throw notAFrame('ends in a block');
    const isLast = (header & 1) === 1;
    yield { isLast, type, sizeBytes, start, end };
    if (isLast) return;
    at = end;
  }
}

/**
 * Length of the frame at the beginning of some bytes.
 *
 * @throws MappedRamError `bad-packed-file`.
 */
export function frameLength(bytes: Uint8Array, header: FrameHeader = readFrameHeader(bytes)): number {
  let end = header.headerBytes;
  for (const block of blocksOf(bytes, header)) end = block.end;
  end += header.hasChecksum ? CHECKSUM_BYTES : 0;
  if (end > bytes.length) throw notAFrame('ends before its checksum does');
  return end;
}

/**
 * The frame at the beginning of some bytes, behind which others may stand.
 *
 * @throws MappedRamError `bad-packed-file`.
 */
export function firstFrame(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, frameLength(bytes));
}

/** A frame is not one. @param what What is wrong with it, in words that follow "a frame" */
export function notAFrame(what: string): MappedRamError {
  return new MappedRamError('bad-packed-file', { what: `a frame ${what}` });
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function readContentSize(view: DataView, at: number, sizeBytes: number): number {
  if (sizeBytes === 8) return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  const value = readLittleEndian(view, at, sizeBytes);
  return sizeBytes === 2 ? value + 256 : value;
}

function readLittleEndian(view: DataView, at: number, sizeBytes: number): number {
  let value = 0;
  for (let index = sizeBytes - 1; index >= 0; index--) value = value * 256 + view.getUint8(at + index);
  return value;
}
