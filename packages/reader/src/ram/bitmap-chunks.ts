import type { ByteSource } from '../byte-source.js';
import { readFully } from '../window.js';
import { type BlockInFile, checkBitmapRegion } from './block-region.js';

const CHUNK_BYTES = 1024 * 1024;
/** So little is read sooner than it is found out whether it lies in a hole. */
const MIN_HOLE_BYTES = 64 * 1024;
const PAGES_PER_BYTE = 8;
const WORD_BYTES = 8;
const PAGES_PER_WORD = WORD_BYTES * PAGES_PER_BYTE;

/** A piece of a block's bitmap, in whole 64-bit words. */
export interface BitmapChunk {
  /** The page that the piece's first bit stands for. */
  readonly firstPage: number;
  /** Pages that the piece covers; bits beyond belong to no page. */
  readonly pageCount: number;
  /** Whether all bits are clear, known without a look at them: the words lie in a hole. There may be gigabytes of these. */
  readonly isHole: boolean;
  /** The words as they are in the file. A view that is valid until the next step. */
  readonly bytes: Uint8Array;
}

/**
 * Reads a bitmap piece by piece, with memory for one piece.
 *
 * @param firstPage Words before the one with this page's bit are left out.
 * @param endPage Words behind the one with the bit of the page before this one are left out.
 * @throws MappedRamError `offset-outside-file`, `read-failed`.
 */
export async function* readBitmapChunks(
  at: BlockInFile,
  firstPage = 0,
  endPage = at.block.pageCount,
): AsyncGenerator<BitmapChunk, void, undefined> {
  const { source, block } = at;
  if (block.ignored) return;
  checkBitmapRegion(at);
  const from = Math.floor(firstPage / PAGES_PER_WORD) * WORD_BYTES;
  const end = Math.ceil(endPage / PAGES_PER_WORD) * WORD_BYTES;
  const buffer = new Uint8Array(Math.max(0, Math.min(CHUNK_BYTES, end - from)));
  // Holes follow one another, and the buffer stays as it is.
  let isZero = true;
  for (let start = from; start < end; start += CHUNK_BYTES) {
    const bytes = buffer.subarray(0, end - start);
    const isHole = isInHole(source, block.bitmapOffset + start, bytes.length);
    if (!isHole) await readFully(source, bytes, block.bitmapOffset + start);
    else if (!isZero) bytes.fill(0);
    isZero = isHole;
    const first = start * PAGES_PER_BYTE;
    const pageCount = Math.min(block.pageCount - first, bytes.length * PAGES_PER_BYTE);
    yield { firstPage: first, pageCount, isHole, bytes };
  }
}

/**
 * Reads the part of a bitmap that covers some pages: from the start of the word with the first page's bit.
 *
 * @throws MappedRamError as {@link readBitmapChunks} does.
 */
export async function readBitmapPart(
  at: BlockInFile,
  firstPage: number,
  pageCount: number,
): Promise<BitmapChunk> {
  checkBitmapRegion(at);
  const startWord = Math.floor(firstPage / 64);
  const bytes = new Uint8Array((Math.ceil((firstPage + pageCount) / 64) - startWord) * 8);
  await readFully(at.source, bytes, at.block.bitmapOffset + startWord * 8);
  return {
    firstPage: startWord * 64,
    pageCount: firstPage + pageCount - startWord * 64,
    isHole: false,
    bytes,
  };
}

function isInHole(source: ByteSource, byteOffset: number, lengthBytes: number): boolean {
  if (source.dataExtents === undefined || lengthBytes < MIN_HOLE_BYTES) return false;
  for (const _ of source.dataExtents(byteOffset, byteOffset + lengthBytes)) return false;
  return true;
}
