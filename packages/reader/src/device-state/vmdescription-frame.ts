import { Limits, MappedRam, MappedRamError, SectionType } from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import { contentsErrorOf } from '../contents-error.js';
import type { VmdescriptionFrame } from '../model.js';
import { readFully, SourceWindow } from '../window.js';
import { parseVmdescription } from './vmdescription.js';

/** How far from the end of the file a vmdescription may start and still be found from there. */
const MAX_SEARCH_BYTES = 16 * 1024 * 1024;

/** The first read of the search, which doubles: a small machine's vmdescription with its frame, and no more. */
const FIRST_SEARCH_BYTES = 32 * 1024;

/** Type byte and length, before the JSON. */
const FRAME_HEADER_BYTES = 5;

/** The frame's header, `{` and `"`. */
const MARK_BYTES = FRAME_HEADER_BYTES + 2;

/** Frames to try: more can only be there if the file was made to hold them. */
const MAX_CANDIDATES = 16;

/**
 * Reads the vmdescription at an offset, whatever is wrong with it.
 *
 * @param byteOffset Of its type byte, 0x06.
 */
export async function readVmdescriptionFrame(
  window: SourceWindow,
  byteOffset: number,
): Promise<VmdescriptionFrame> {
  const leftBytes = window.sizeBytes - byteOffset;
  if (leftBytes < FRAME_HEADER_BYTES) {
    const fault = cutFault(byteOffset, FRAME_HEADER_BYTES, leftBytes);
    return { byteOffset, byteLength: leftBytes, declaredLengthBytes: 0, fault };
  }
  const { value, endOffset } = await window.parse(
    byteOffset + 1,
    (io) => new MappedRam.VmdescriptionFrame(io),
  );
  const declaredLengthBytes = value.lenJson;
  const lengthBytes = Math.min(declaredLengthBytes, window.sizeBytes - endOffset);
  const frame = { byteOffset, byteLength: endOffset + lengthBytes - byteOffset, declaredLengthBytes };
  try {
    if (lengthBytes < declaredLengthBytes) throw cutFault(endOffset, declaredLengthBytes, lengthBytes);
    if (lengthBytes > Limits.vmdescriptionLengthBytes) throw tooLongFault(endOffset, lengthBytes);
    const json = new Uint8Array(lengthBytes);
    await window.copy(json, endOffset);
    return { ...frame, json: parseVmdescription(json, endOffset) };
  } catch (error) {
    return { ...frame, fault: contentsErrorOf(error) };
  }
}

function cutFault(byteOffset: number, expected: number, actual: number): MappedRamError {
  return new MappedRamError('unexpected-end', { byteOffset, path: 'vmdescription', expected, actual });
}

function tooLongFault(byteOffset: number, actual: number): MappedRamError {
  const expected = `at most ${Limits.vmdescriptionLengthBytes} bytes`;
  return new MappedRamError('limit-exceeded', { byteOffset, path: 'vmdescription', expected, actual });
}

/** Where the search may read. */
export interface VmdescriptionSearch {
  /** Nothing before this offset is read. */
  readonly fromOffset: number;
  /** Pages may lie behind `fromOffset`, so only the JSON itself may be read, and little else. */
  readonly sparesPages: boolean;
}

/**
 * Looks for a usable vmdescription from the end of the file backwards. It is needed before the stream has been read so
 * far, because the device state cannot be read without it. Bytes behind it do no harm, unless they are very many.
 */
export async function findVmdescription(
  source: ByteSource,
  { fromOffset, sparesPages }: VmdescriptionSearch,
): Promise<VmdescriptionFrame | undefined> {
  const lowest = Math.max(fromOffset, source.sizeBytes - MAX_SEARCH_BYTES);
  let candidates = 0;
  let chunkBytes = FIRST_SEARCH_BYTES;
  for (let end = source.sizeBytes; end > lowest; chunkBytes *= 2) {
    const start = Math.max(lowest, end - chunkBytes);
    const chunk = new Uint8Array(Math.min(end + MARK_BYTES - 1, source.sizeBytes) - start);
    await readFully(source, chunk, start);
    const window = new SourceWindow(source, chunk, start);
    for (let at = lastMark(chunk, chunk.length); at >= 0; at = lastMark(chunk, at - 1 + MARK_BYTES)) {
      if (++candidates > MAX_CANDIDATES) return undefined;
      const frame = await readVmdescriptionFrame(window, start + at);
      if (frame.json !== undefined) return frame;
    }
    // JSON holds no NUL, so one that is not part of a frame shows that there is none up to here.
    if (sparesPages && chunk.includes(0)) return undefined;
    end = start;
  }
  return undefined;
}

/** Index of the last thing before `end` that looks like the start of a frame, or -1. */
function lastMark(bytes: Uint8Array, end: number): number {
  let at = end - MARK_BYTES;
  while (at >= 0) {
    at = bytes.lastIndexOf(SectionType.vmdescription, at);
    const isMark = bytes[at + FRAME_HEADER_BYTES] === 0x7b && bytes[at + FRAME_HEADER_BYTES + 1] === 0x22;
    if (at < 0 || isMark) break;
    at--;
  }
  return Math.max(at, -1);
}
