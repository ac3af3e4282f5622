import { MappedRamError } from '@mapped-ram/format';
import { type ByteSource, extentsOf } from '@mapped-ram/reader';

/** No program writes so many zeros one after another into a compressed file. */
const MAX_HOLE_BYTES = 1024 * 1024;

/**
 * Where a compressed file's data ends. A hole behind it is no part of it: its zeros, of which there may be terabytes, would be decoded as
 * if somebody had compressed something.
 *
 * @param byteOffset Where what is compressed starts.
 * @throws MappedRamError `bad-compressed-file` where a hole of more than 1 MiB lies within; `read-failed`.
 */
export function dataEnd(source: ByteSource, byteOffset: number): number {
  let end = byteOffset;
  for (const extent of extentsOf(source, byteOffset, source.sizeBytes)) {
    if (extent.byteOffset - end > MAX_HOLE_BYTES) {
      const what = `a hole of ${extent.byteOffset - end} bytes lies in it, as no compressed file has one`;
      throw new MappedRamError('bad-compressed-file', { what, byteOffset: end });
    }
    end = extent.byteOffset + extent.lengthBytes;
  }
  return Math.min(end, source.sizeBytes);
}
