import { forEachRun, withLittleEndianWords } from '@mapped-ram/format';
import type { BitmapChunk, RamBlock, Snapshot } from '@mapped-ram/reader';

/** Bits that are scanned at a time, whole words: half as many spans at most are held. */
const STEP_PAGES = 65_536;

/** Runs that lie closer together are read at once: a read costs more than so many bytes. */
const MAX_GAP_BYTES = 128 * 1024;

/** A piece of both bitmaps of a block, in little-endian words. Valid until the next step. */
export interface BitmapPair {
  readonly firstPage: number;
  /** Pages that both have. */
  readonly pageCount: number;
  readonly bitmaps: readonly [Uint8Array, Uint8Array];
}

/** Some pages of a block in two snapshots; most of them are wanted. */
export interface PageSpan {
  readonly firstPage: number;
  readonly pageCount: number;
  /** Copies around the span, of the bitmaps and of what is wanted: the bit of page `firstPage + i` is bit `bitOffset + i`. */
  readonly bitmaps: readonly [Uint8Array, Uint8Array];
  readonly wanted: Uint8Array;
  readonly bitOffset: number;
}

/**
 * Reads the bitmaps of a block in two snapshots side by side. Blocks of different length are taken as far as both go.
 *
 * @throws MappedRamError as `Snapshot.readBitmap` does.
 */
export async function* bitmapPairs(
  snapshots: readonly [Snapshot, Snapshot],
  blocks: readonly [RamBlock, RamBlock],
): AsyncGenerator<BitmapPair, void, undefined> {
  const others = snapshots[1].readBitmap(blocks[1]);
  try {
    for await (const chunk of snapshots[0].readBitmap(blocks[0])) {
      const { value: other } = await others.next();
      if (other === undefined) return;
      const [a, b] = [littleEndian(chunk, snapshots[0]), littleEndian(other, snapshots[1])];
      const lengthBytes = Math.min(a.length, b.length);
      yield {
        firstPage: chunk.firstPage,
        pageCount: Math.min(chunk.pageCount, other.pageCount),
        bitmaps: [a.subarray(0, lengthBytes), b.subarray(0, lengthBytes)],
      };
    }
  } finally {
    await others.return();
  }
}

/**
 * Wanted pages in ascending order, in spans of limited length. Others are left out, but for short gaps.
 *
 * @param wanted A bit for each page of the pair.
 */
export function* pageSpans(
  { firstPage, pageCount, bitmaps }: BitmapPair,
  wanted: Uint8Array,
  { pageSize, maxPages }: { readonly pageSize: number; readonly maxPages: number },
): Generator<PageSpan, void, undefined> {
  const maxGapPages = Math.floor(MAX_GAP_BYTES / pageSize);
  for (let from = 0; from < pageCount; from += STEP_PAGES) {
    const to = Math.min(from + STEP_PAGES, pageCount);
    for (const [first, count] of runsBetween(wanted, from, to, maxGapPages, maxPages)) {
      const bytes = [first >> 3, (first + count + 7) >> 3] as const;
      yield {
        firstPage: firstPage + first,
        pageCount: count,
        bitmaps: [bitmaps[0].slice(...bytes), bitmaps[1].slice(...bytes)],
        wanted: wanted.slice(...bytes),
        bitOffset: first & 7,
      };
    }
  }
}

/** Pages that are set in either, in both, or in one alone. */
export function combine(
  { bitmaps: [a, b] }: BitmapPair,
  which: 'either' | 'both' | 'one',
): Uint8Array<ArrayBuffer> {
  const combined = a.slice();
  const [into, from] = [wordsOf(combined), wordsOf(b)];
  for (let at = 0; at < into.length; at++) {
    const [x, y] = [into[at] as number, from[at] as number];
    into[at] = which === 'either' ? x | y : which === 'both' ? x & y : x ^ y;
  }
  return combined as Uint8Array<ArrayBuffer>;
}

/** Bits combine alike in any byte order. A bitmap has whole words, and is copied where it does not start at one in memory. */
function wordsOf(bitmap: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = bitmap.byteOffset % 4 === 0 ? bitmap : bitmap.slice();
  return new Uint32Array(buffer, byteOffset, length / 4);
}

function littleEndian({ bytes }: BitmapChunk, { wordOrder }: Snapshot): Uint8Array {
  return withLittleEndianWords(bytes, wordOrder);
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
