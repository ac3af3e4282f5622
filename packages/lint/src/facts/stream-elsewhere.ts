import { STREAM_MAGIC, STREAM_VERSION } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';

/** Room that a container may take in front of the stream. */
const SEARCHED_BYTES = 2 * 1024 * 1024;

/**
 * Looks for the start of a stream near the start of the file: magic and version as QEMU writes them.
 *
 * @returns Its offset in the file; undefined where there is none.
 * @throws MappedRamError `read-failed`.
 */
export async function findStream(source: ByteSource): Promise<number | undefined> {
  const bytes = new Uint8Array(Math.min(SEARCHED_BYTES, source.sizeBytes));
  await source.read(bytes, 0);
  const view = new DataView(bytes.buffer);
  const firstByte = STREAM_MAGIC >>> 24;
  for (
    let at = bytes.indexOf(firstByte);
    at >= 0 && at + 8 <= bytes.length;
    at = bytes.indexOf(firstByte, at + 1)
  ) {
    if (view.getUint32(at) === STREAM_MAGIC && view.getUint32(at + 4) === STREAM_VERSION) return at;
  }
  return undefined;
}
