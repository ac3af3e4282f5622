import { readFully } from '../window.js';
import { type BlockInFile, checkBitmapRegion } from './block-region.js';

const CHUNK_BYTES = 1024 * 1024;
const PAGES_PER_BYTE = 8;

/** A piece of a block's bitmap, in whole 64-bit words. */
export interface BitmapChunk {
  /** The page that the piece's first bit stands for. */
  readonly firstPage: number;
  /** Pages that the piece covers; bits beyond belong to no page. */
  readonly pageCount: number;
  /** The words as they stand in the file. A view that is valid until the next step. */
  readonly bytes: Uint8Array;
}

/**
 * Reads a bitmap piece by piece, with memory for one piece.
 *
 * @throws MappedRamError `offset-outside-file`, `read-failed`.
 */
export async function* readBitmapChunks(at: BlockInFile): AsyncGenerator<BitmapChunk, void, undefined> {
  const { source, block } = at;
  if (block.ignored) return;
  checkBitmapRegion(at);
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, block.bitmapLengthBytes));
  for (let start = 0; start < block.bitmapLengthBytes; start += CHUNK_BYTES) {
    const bytes = buffer.subarray(0, block.bitmapLengthBytes - start);
    await readFully(source, bytes, block.bitmapOffset + start);
    const firstPage = start * PAGES_PER_BYTE;
    const pageCount = Math.min(block.pageCount - firstPage, bytes.length * PAGES_PER_BYTE);
    yield { firstPage, pageCount, bytes };
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
  return { firstPage: startWord * 64, pageCount: firstPage + pageCount - startWord * 64, bytes };
}
