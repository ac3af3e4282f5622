import { MappedRamError } from '@mapped-ram/format';
import { DataFinder } from './data-finder.js';
import type { SnapshotTarget } from './snapshot-target.js';
import type { CopiedPart, StreamPart } from './stream-part.js';

/**
 * Writes parts one after another. Zeros in copies become holes; the last byte is always written, so that the file
 * reaches as far as its parts do.
 *
 * @returns Where the last part ends.
 * @throws MappedRamError `write-failed`, `read-failed`, `unexpected-end` where a copied part is not there.
 */
export async function writeParts(
  target: SnapshotTarget,
  byteOffset: number,
  parts: readonly StreamPart[],
): Promise<number> {
  let position = byteOffset;
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      await target.write([{ byteOffset: position, bytes: part }]);
      position += part.length;
    } else {
      await copyPart(target, position, part);
      position += part.byteLength;
    }
  }
  return position;
}

async function copyPart(target: SnapshotTarget, byteOffset: number, part: CopiedPart): Promise<void> {
  const { source, byteLength } = part;
  const finder = new DataFinder();
  for (let at = 0; at < byteLength; ) {
    const bytes = finder.place(byteOffset + at, byteLength - at);
    const filled = await source.read(bytes, part.byteOffset + at);
    if (filled < bytes.length) {
      throw new MappedRamError('unexpected-end', {
        what: `${source.name} ends before what is to be copied`,
        byteOffset: part.byteOffset + at + filled,
        expected: byteLength,
        actual: at + filled,
      });
    }
    const isLast = at + filled === byteLength;
    await target.write(finder.pieces(byteOffset + at, filled, isLast));
    at += filled;
  }
}
