import { MappedRamError } from '@mapped-ram/format';
import { frameBound } from '../codec/codec.js';
import { type FrameHeader, frameLength, notAFrame, readFrameHeader } from './frame-header.js';
import type { FramePlace } from './seek-table.js';
import { zerosIn } from './zero-frame.js';

/** The contents of a frame that is decoded, at most, and so a window: what other decoders take without asking. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

/** The contents of a frame of zeros, at most. */
export const MAX_ZERO_FRAME_BYTES = 1024 * 1024 * 1024;

/**
 * Makes sure that decoding a frame takes no more memory and time than its contents are worth.
 *
 * @param lengthBytes Of the contents, as the seek table says.
 * @returns Whether they are nothing but zeros; then nothing is to be decoded.
 * @throws MappedRamError `bad-packed-file`, `limit-exceeded`.
 */
export function checkFrame(frame: Uint8Array, lengthBytes: number): 'zeros' | 'data' {
  const header = readFrameHeader(frame);
  if (header.contentBytes !== undefined && header.contentBytes !== lengthBytes) {
    throw new MappedRamError('bad-packed-file', {
      what: 'a frame holds another length',
      expected: lengthBytes,
      actual: header.contentBytes,
    });
  }
  if (!header.hasChecksum) throw notAFrame('has no checksum: nothing would tell a change');
  if (frameLength(frame, header) !== frame.length)
    throw notAFrame('is followed by something that is not in it');
  const zeros = zerosIn(frame, header);
  if (zeros !== undefined) {
    if (zeros !== lengthBytes) throw notAFrame('of zeros holds another length');
    return 'zeros';
  }
  checkMemory(header, lengthBytes);
  return 'data';
}

/**
 * Makes sure that a frame is no larger than its contents can need.
 *
 * @throws MappedRamError `bad-packed-file`, `limit-exceeded`.
 */
export function checkPlace({ packedBytes, lengthBytes, packedOffset }: FramePlace): void {
  if (lengthBytes > MAX_ZERO_FRAME_BYTES) {
    throw new MappedRamError('limit-exceeded', {
      what: 'a frame is too long',
      byteOffset: packedOffset,
      expected: `at most ${MAX_ZERO_FRAME_BYTES} bytes`,
      actual: lengthBytes,
    });
  }
  if (packedBytes <= frameBound(lengthBytes)) return;
  throw new MappedRamError('bad-packed-file', {
    what: 'a frame is longer than its contents can need',
    byteOffset: packedOffset,
    expected: `at most ${frameBound(lengthBytes)} bytes`,
    actual: packedBytes,
  });
}

function checkMemory({ windowBytes, dictionaryId }: FrameHeader, lengthBytes: number): void {
  if (dictionaryId !== 0) throw notAFrame('needs a dictionary');
  const most = Math.max(windowBytes, lengthBytes);
  if (most <= MAX_FRAME_BYTES) return;
  throw new MappedRamError('limit-exceeded', {
    what: 'a frame takes too much memory',
    expected: `at most ${MAX_FRAME_BYTES} bytes`,
    actual: most,
  });
}
