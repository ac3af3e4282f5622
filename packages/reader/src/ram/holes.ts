import { clearRange, type WordOrder, withLittleEndianWords } from '@mapped-ram/format';
import type { BitmapChunk } from './bitmap-chunks.js';
import type { BlockInFile } from './block-region.js';

/**
 * Clears the bits of pages that lie in holes, where the source knows them: such a page is zero, whatever its bit says, and
 * need not be read. Pages past the end of the source keep their bits: they are missing, not zero.
 *
 * @param chunk Its bytes are changed.
 */
export function clearPagesInHoles(
  { source, block }: BlockInFile,
  chunk: BitmapChunk,
  order: WordOrder,
): void {
  if (source.dataExtents === undefined) return;
  const { pagesOffset, pageSize } = block;
  const from = pagesOffset + chunk.firstPage * pageSize;
  const knownPages = Math.floor((source.sizeBytes - from) / pageSize);
  const endPage = Math.min(chunk.pageCount, knownPages);
  if (endPage <= 0) return;
  const words = withLittleEndianWords(chunk.bytes, order);
  let next = 0;
  for (const { byteOffset, lengthBytes } of source.dataExtents(from, from + endPage * pageSize)) {
    clearRange(words, next, Math.floor((byteOffset - from) / pageSize));
    next = Math.ceil((byteOffset + lengthBytes - from) / pageSize);
  }
  clearRange(words, next, endPage);
  // Turning the words around is its own inverse.
  if (words !== chunk.bytes) chunk.bytes.set(withLittleEndianWords(words, order));
}
