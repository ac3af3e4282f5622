import type { ByteSource } from '@mapped-ram/reader';
import type { SnapshotTarget } from '@mapped-ram/writer';

const CHUNK_BYTES = 1024 * 1024;

/** Copies the first bytes of a file to the beginning of another. @throws MappedRamError `read-failed`, `write-failed` */
export async function copyRange(
  source: ByteSource,
  target: SnapshotTarget,
  lengthBytes: number,
): Promise<void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; at < lengthBytes; at += CHUNK_BYTES) {
    const bytes = buffer.subarray(0, lengthBytes - at);
    await source.read(bytes, at);
    await target.write([{ byteOffset: at, bytes }]);
  }
}
