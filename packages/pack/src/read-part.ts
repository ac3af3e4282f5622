import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';

/**
 * Reads bytes of a packed file that have to be there.
 *
 * @throws MappedRamError `bad-packed-file` where it ends before; `read-failed`.
 */
export async function readPart(
  source: ByteSource,
  byteOffset: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(lengthBytes);
  const filled = await source.read(bytes, byteOffset);
  if (filled < lengthBytes) throw endsIn('a part of it', source);
  return bytes;
}

/** Says that a packed file ends too early. */
export function endsIn(what: string, source: ByteSource): MappedRamError {
  return new MappedRamError('bad-packed-file', {
    what: `the packed file ends within ${what}`,
    byteOffset: source.sizeBytes,
  });
}
