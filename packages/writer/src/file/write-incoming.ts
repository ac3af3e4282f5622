import { DataFinder } from '../data-finder.js';
import type { FileTarget } from './file-target.js';

/**
 * Writes what comes, one piece after another, into a file; zeros become holes.
 *
 * @returns How many bytes came, which is as long as the file is.
 * @throws MappedRamError `write-failed`; what reading throws.
 */
export async function writeIncoming(target: FileTarget, input: AsyncIterable<Uint8Array>): Promise<number> {
  const finder = new DataFinder();
  let position = 0;
  let dataEnd = 0;
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length; ) {
      const place = finder.place(position, chunk.length - at);
      place.set(chunk.subarray(at, at + place.length));
      const pieces = finder.pieces(position, place.length, false);
      await target.write(pieces);
      for (const { byteOffset, bytes } of pieces) dataEnd = byteOffset + bytes.length;
      at += place.length;
      position += place.length;
    }
  }
  if (dataEnd < position) await target.write([{ byteOffset: position - 1, bytes: Uint8Array.of(0) }]);
  return position;
}
