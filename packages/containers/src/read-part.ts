import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';

/**
 * Reads bytes that have to be there.
 *
 * @throws MappedRamError `bad-disk-image` where the image ends before; `read-failed`.
 */
export async function readPart(
  source: ByteSource,
  byteOffset: number,
  lengthBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(lengthBytes);
  const filled = await source.read(bytes, byteOffset);
  if (filled === lengthBytes) return bytes;
  throw new MappedRamError('bad-disk-image', {
    what: 'the image ends too early',
    byteOffset,
    expected: `${lengthBytes} bytes`,
    actual: `${filled} bytes`,
  });
}

/**
 * Reads bytes of which those behind the end of the image are zeros, as QEMU reads them.
 *
 * @throws MappedRamError `read-failed`.
 */
export async function readZeroFilled(
  source: ByteSource,
  byteOffset: number,
  lengthBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(lengthBytes);
  if (byteOffset < source.sizeBytes) await source.read(bytes, byteOffset);
  return bytes;
}
