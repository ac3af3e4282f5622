import { forEachRun, withLittleEndianWords } from '@mapped-ram/format';
import type { BitmapChunk, RamBlock, Snapshot } from '@mapped-ram/reader';

/** Bits that are scanned at a time, whole words: half as many spans at most are held. */
const STEP_PAGES = 65_536;

/** Runs that lie closer together are read at once: a read costs more than so many bytes. */
const MAX_GAP_BYTES = 128 * 1024;

/** Some pages of a block in two snapshots; most are set in one of them or in both. */
export interface UnionSpan {
  readonly firstPage: number;
  readonly pageCount: number;
  /** Copies of both bitmaps around the span: the bit of page `firstPage + i` is bit `bitOffset + i`. */
  readonly bitmaps: readonly [Uint8Array, Uint8Array];
  readonly bitOffset: number;
}

/**
 * The pages of a block that are set in either of two snapshots, in ascending order, in spans of limited length. What both
 * leave clear is left out, but for short gaps. Blocks of different length are taken as far as both go.
 *
 * @param blocks The same block in both snapshots, with the same page size.
 * @throws MappedRamError as `Snapshot.readBitmap` does.
 */
export async function* unionSpans(
  snapshots: readonly [Snapshot, Snapshot],
  blocks: readonly [RamBlock, RamBlock],
  maxPages: number,
): AsyncGenerator<UnionSpan, void, undefined> {
  const maxGapPages = Math.floor(MAX_GAP_BYTES / blocks[0].pageSize);
  const others = snapshots[1].readBitmap(blocks[1]);
  try {
    for await (const chunk of snapshots[0].readBitmap(blocks[0])) {
      const { value: other } = await others.next();
      if (other === undefined) return;
      const bitmaps = [littleEndian(chunk, snapshots[0]), littleEndian(other, snapshots[1])] as const;
      const union = unionOf(bitmaps);
      const pages = Math.min(chunk.pageCount, other.pageCount);
      for (let from = 0; from < pages; from += STEP_PAGES) {
        const to = Math.min(from + STEP_PAGES, pages);
        for (const [first, pageCount] of runsBetween(union, from, to, maxGapPages, maxPages)) {
          const bytes = [first >> 3, (first + pageCount + 7) >> 3] as const;
          yield {
            firstPage: chunk.firstPage + first,
            pageCount,
            bitmaps: [bitmaps[0].slice(...bytes), bitmaps[1].slice(...bytes)],
            bitOffset: first & 7,
          };
        }
      }
    }
  } finally {
    await others.return();
  }
}

function littleEndian({ bytes }: BitmapChunk, { wordOrder }: Snapshot): Uint8Array {
  return withLittleEndianWords(bytes, wordOrder);
}

function unionOf([a, b]: readonly [Uint8Array, Uint8Array]): Uint8Array {
  const union = a.slice(0, b.length);
  for (let at = 0; at < union.length; at++) union[at] = (union[at] ?? 0) | (b[at] ?? 0);
  return union;
}

/** Runs of set bits, joined where the gap is short, and cut where they are too long. */
function* runsBetween(
  bitmap: Uint8Array,
  from: number,
  to: number,
  maxGap: number,
  maxLength: number,
): Generator<readonly [first: number, count: number]> {
  const runs: { first: number; end: number }[] = [];
  forEachRun(bitmap, 'le', from, to, (first, count) => {
    const last = runs.at(-1);
    if (last !== undefined && first - last.end <= maxGap) last.end = first + count;
    else runs.push({ first, end: first + count });
  });
  for (const { first, end } of runs) {
    for (let at = first; at < end; at += maxLength) yield [at, Math.min(maxLength, end - at)];
  }
}
