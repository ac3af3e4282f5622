import { libc } from './libc.js';

/**
 * Where the first byte of a view lies in memory, to tell its alignment. It does not move while the view is in use; shared memory
 * has an address too.
 *
 * @throws MappedRamError `platform-unsupported`
 */
export function memoryAddress(view: ArrayBufferView): bigint {
  return libc().koffi.address(view);
}

/**
 * Memory for direct I/O: zeroed, its first byte at a multiple of the alignment. It is a part of a slightly larger ArrayBuffer.
 *
 * @param alignmentBytes a power of two
 * @throws RangeError, MappedRamError `platform-unsupported`
 */
export function alignedBuffer(lengthBytes: number, alignmentBytes: number): Buffer {
  if (!(alignmentBytes >= 1 && Number.isInteger(Math.log2(alignmentBytes)))) {
    throw new RangeError(`not a power of two: ${alignmentBytes}`);
  }
  const room = new Uint8Array(lengthBytes + alignmentBytes - 1);
  const misaligned = Number(memoryAddress(room) % BigInt(alignmentBytes));
  const start = misaligned === 0 ? 0 : alignmentBytes - misaligned;
  return Buffer.from(room.buffer, start, lengthBytes);
}
