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
  const { source, byteOffset: from, byteLength } = part;
  const finder = new DataFinder(byteLength);
  for (const [start, end] of stretchesToRead(part)) {
    await copyStretch(target, byteOffset, part, [start - from, end - from], finder);
  }
  if (byteLength > 0 && from + byteLength > source.sizeBytes)
    throw endsTooEarly(part, source.sizeBytes - from);
}

/** All that is in no hole of the source, and the last byte whatever it is in. */
function* stretchesToRead({ source, byteOffset, byteLength }: CopiedPart): Iterable<[number, number]> {
  const end = byteOffset + byteLength;
  if (source.dataExtents === undefined || byteLength === 0) {
    yield [byteOffset, end];
    return;
  }
  let next = byteOffset;
  for (const extent of source.dataExtents(byteOffset, end)) {
    next = extent.byteOffset + extent.lengthBytes;
    yield [extent.byteOffset, next];
  }
  if (next < end && end <= source.sizeBytes) yield [end - 1, end];
}

async function copyStretch(
  target: SnapshotTarget,
  byteOffset: number,
  part: CopiedPart,
  [start, end]: readonly [number, number],
  finder: DataFinder,
): Promise<void> {
  const { source, byteLength } = part;
  for (let at = start; at < end; ) {
    const bytes = finder.place(byteOffset + at, end - at);
    const filled = await source.read(bytes, part.byteOffset + at);
    if (filled < bytes.length) throw endsTooEarly(part, at + filled);
    const isLast = at + filled === byteLength;
    await target.write(finder.pieces(byteOffset + at, filled, isLast));
    at += filled;
  }
}

function endsTooEarly({ source, byteOffset, byteLength }: CopiedPart, actual: number): MappedRamError {
  return new MappedRamError('unexpected-end', {
    what: `${source.name} ends before what is to be copied`,
    byteOffset: byteOffset + actual,
    expected: byteLength,
    actual,
  });
}
