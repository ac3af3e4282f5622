import { MappedRamError } from '@mapped-ram/format';

/** Pages whose places are kept together. */
const CHUNK_PAGES = 512;

/** Of all places: those of 512 GiB of pages of 4 KiB that are not zero. */
const MAX_PLACE_BYTES = 1024 * 1024 * 1024;

/** Where pages lie in a file, eight bytes each. Nothing is kept for the others. */
export class PagePlaces {
  /** By block, then by the chunk's index. */
  readonly #chunks: Map<number, Float64Array>[] = [];
  #chunkCount = 0;

  /** Takes down where consecutive pages lie. */
  set(
    blockIndex: number,
    firstPage: number,
    pageCount: number,
    byteOffset: number,
    strideBytes: number,
  ): void {
    for (let index = 0; index < pageCount; index++) {
      const page = firstPage + index;
      this.#chunkFor(blockIndex, page)[page % CHUNK_PAGES] = byteOffset + index * strideBytes;
    }
  }

  /** Where a page lies; undefined where it is not known, so that it is zero. */
  get(blockIndex: number, page: number): number | undefined {
    const place = this.#chunks[blockIndex]?.get(Math.floor(page / CHUNK_PAGES))?.[page % CHUNK_PAGES];
    // No page lies at the start of a file.
    return place === 0 ? undefined : place;
  }

  /** Forgets pages: they are zero. */
  clear(blockIndex: number, firstPage: number, pageCount: number): void {
    for (let page = firstPage; page < firstPage + pageCount; ) {
      const end = Math.min(firstPage + pageCount, page - (page % CHUNK_PAGES) + CHUNK_PAGES);
      const chunk = this.#chunks[blockIndex]?.get(Math.floor(page / CHUNK_PAGES));
      chunk?.fill(0, page % CHUNK_PAGES, ((end - 1) % CHUNK_PAGES) + 1);
      page = end;
    }
  }

  #chunkFor(blockIndex: number, page: number): Float64Array {
    let chunks = this.#chunks[blockIndex];
    if (chunks === undefined) {
      chunks = new Map();
      this.#chunks[blockIndex] = chunks;
    }
    const index = Math.floor(page / CHUNK_PAGES);
    let chunk = chunks.get(index);
    if (chunk === undefined) {
      if (++this.#chunkCount * CHUNK_PAGES * 8 > MAX_PLACE_BYTES) {
        throw new MappedRamError('limit-exceeded', {
          what: 'the stream has too many pages to be looked at as it is; mr convert makes a file of it',
        });
      }
      chunk = new Float64Array(CHUNK_PAGES);
      chunks.set(index, chunk);
    }
    return chunk;
  }
}
