import { createPageScanner, type PageScanner } from '@mapped-ram/format';
import { type ByteSource, extentsOf } from '@mapped-ram/reader';

const PIECE_BYTES = 1024 * 1024;
/** The smallest unit that can be scanned. */
const UNIT_BYTES = 256;

/** Where to look for data, and how far. */
export interface FindDataOptions {
  /** How much may be read; what was read is taken off. Holes do not count. */
  readonly budget?: { leftBytes: number };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks for a byte that is not zero in a range of a file, from its start. Holes are not read where they are known.
 *
 * @returns Its offset in the file; undefined where none was met.
 * @throws MappedRamError `read-failed`; the signal's reason.
 */
export async function findData(
  source: ByteSource,
  fromOffset: number,
  toOffset: number,
  { budget = { leftBytes: Number.POSITIVE_INFINITY }, signal }: FindDataOptions = {},
): Promise<number | undefined> {
  let scanner: PageScanner | undefined;
  for (const { byteOffset, lengthBytes } of extentsOf(source, fromOffset, toOffset)) {
    const end = byteOffset + Math.min(lengthBytes, budget.leftBytes);
    for (let at = byteOffset; at < end; at += PIECE_BYTES) {
      signal?.throwIfAborted();
      scanner ??= createPageScanner({ pageSize: UNIT_BYTES, bufferLengthBytes: PIECE_BYTES });
      const piece = scanner.buffer.subarray(0, Math.min(PIECE_BYTES, end - at));
      budget.leftBytes -= piece.length;
      const filled = await source.read(piece, at);
      scanner.buffer.fill(0, filled, Math.ceil(filled / UNIT_BYTES) * UNIT_BYTES);
      if (scanner.scan(0, Math.ceil(filled / UNIT_BYTES)) === 0) continue;
      return at + piece.findIndex((byte) => byte !== 0);
    }
    if (budget.leftBytes <= 0) return undefined;
  }
  return undefined;
}
