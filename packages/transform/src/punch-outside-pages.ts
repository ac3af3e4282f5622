import { RAM_WORD_LENGTH_BYTES } from '@mapped-ram/format';
import { type ByteSource, extentsOf } from '@mapped-ram/reader';
import { DataFinder, type Placement } from '@mapped-ram/writer';
import type { InPlaceFile } from './in-place-file.js';

type Region = readonly [from: number, to: number];

/**
 * Makes holes out of what a copy would not write: what lies between the parts of a snapshot, whatever it is, and zeros in front of the
 * block table and behind the last block.
 *
 * @throws MappedRamError `read-failed`, `unsupported` where holes cannot be made.
 */
export async function punchOutsidePages(
  source: ByteSource,
  placement: Placement,
  file: InPlaceFile,
): Promise<void> {
  const { tableOffset, tailOffset } = placement;
  for (const [from, to] of gapsOf(placement)) {
    // A look costs less than making a hole where one is.
    for (const { byteOffset, lengthBytes } of extentsOf(source, from, to))
      file.punch(byteOffset, lengthBytes);
  }
  await punchZeros(source, [0, tableOffset], file);
  await punchZeros(source, [tailOffset, source.sizeBytes], file);
}

function gapsOf({ blocks, tableOffset, tailOffset }: Placement): Region[] {
  const used: Region[] = [[0, tableOffset + RAM_WORD_LENGTH_BYTES]];
  for (const { entryOffset, entry, ignored, bitmapOffset, bitmapLengthBytes, ...block } of blocks) {
    used.push([entryOffset, entryOffset + entry.length]);
    if (ignored) continue;
    used.push([bitmapOffset, bitmapOffset + bitmapLengthBytes]);
    used.push([block.pagesOffset, block.pagesOffset + block.usedLength]);
  }
  used.sort(([a], [b]) => a - b);
  const ends: readonly Region[] = [...used, [tailOffset, tailOffset]];
  return used
    .map(([, to], index): Region => [to, ends[index + 1]?.[0] ?? to])
    .filter(([from, to]) => from < to);
}

async function punchZeros(source: ByteSource, [from, to]: Region, file: InPlaceFile): Promise<void> {
  const finder = new DataFinder();
  for (const { byteOffset, lengthBytes } of extentsOf(source, from, to)) {
    const end = byteOffset + lengthBytes;
    for (let at = byteOffset; at < end; ) {
      const bytes = finder.place(at, end - at);
      const filled = await source.read(bytes, at);
      if (filled === 0) return;
      let next = at;
      for (const piece of finder.pieces(at, filled, false)) {
        file.punch(next, piece.byteOffset - next);
        next = piece.byteOffset + piece.bytes.length;
      }
      at += filled;
      file.punch(next, at - next);
    }
  }
}
