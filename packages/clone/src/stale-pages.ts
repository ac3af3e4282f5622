import { forEachRun, type WordOrder } from '@mapped-ram/format';
import { dataExtents, isPosixAvailable } from '@mapped-ram/posix';
import type { BitmapChunk, ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';

/** Bytes that are read at once; a multiple of every page size. */
const WINDOW_BYTES = 1024 * 1024;

/** A file that is open twice: as a source, and as a descriptor for its extents. */
export interface OpenFile {
  readonly source: ByteSource;
  readonly fd: number;
}

/**
 * Counts the pages of a block under whose clear bits bytes lie that are not zero. Only what the file system has stored is
 * read: holes are known to be zero. Where extents cannot be asked for, everything under clear bits is read.
 *
 * @throws MappedRamError `offset-outside-file`, `read-failed`.
 */
export async function countStalePages(file: OpenFile, snapshot: Snapshot, block: RamBlock): Promise<number> {
  const search = new StaleSearch(file.source, block);
  const hasExtents = isPosixAvailable();
  for await (const chunk of snapshot.readBitmap(block)) {
    if (!hasExtents) {
      await search.look(chunk, snapshot.wordOrder, 0, chunk.pageCount);
      continue;
    }
    const from = block.pagesOffset + chunk.firstPage * block.pageSize;
    const to = from + chunk.pageCount * block.pageSize;
    for (const { byteOffset, lengthBytes } of dataExtents(
      file.fd,
      from,
      Math.min(to, file.source.sizeBytes),
    )) {
      const firstPage = Math.floor((byteOffset - from) / block.pageSize);
      const endPage = Math.ceil((byteOffset + lengthBytes - from) / block.pageSize);
      await search.look(chunk, snapshot.wordOrder, firstPage, endPage);
    }
  }
  return search.stalePages;
}

/** Looks for bytes under clear bits, a window of pages at a time. */
class StaleSearch {
  readonly #source: ByteSource;
  readonly #block: RamBlock;
  readonly #window: Buffer;
  readonly #zeros: Buffer;
  /** Pages below this one were looked at: two extents can share a page. */
  #nextPage = 0;
  stalePages = 0;

  constructor(source: ByteSource, block: RamBlock) {
    this.#source = source;
    this.#block = block;
    this.#window = Buffer.alloc(WINDOW_BYTES);
    this.#zeros = Buffer.alloc(WINDOW_BYTES);
  }

  /** Looks at the pages whose bits are clear among some of a chunk's pages. */
  async look(chunk: BitmapChunk, order: WordOrder, firstPage: number, endPage: number): Promise<void> {
    const step = WINDOW_BYTES / this.#block.pageSize;
    const from = Math.max(firstPage, this.#nextPage - chunk.firstPage);
    for (let page = from; page < endPage; page += step) {
      const gaps = clearRuns(chunk.bytes, order, page, Math.min(page + step, endPage));
      if (gaps.length > 0) await this.#readAround(gaps, chunk.firstPage);
    }
    this.#nextPage = Math.max(this.#nextPage, chunk.firstPage + endPage);
  }

  /** One read for all of them: pages between them cost less than another read. */
  async #readAround(gaps: readonly Gap[], base: number): Promise<void> {
    const { pageSize, pagesOffset } = this.#block;
    const first = gaps[0]?.firstPage ?? 0;
    const end = gaps.at(-1)?.endPage ?? first;
    const target = this.#window.subarray(0, (end - first) * pageSize);
    const filled = await this.#source.read(target, pagesOffset + (base + first) * pageSize);
    for (const { firstPage, endPage } of gaps) {
      this.#count(
        target.subarray(0, filled).subarray((firstPage - first) * pageSize, (endPage - first) * pageSize),
      );
    }
  }

  #count(bytes: Buffer): void {
    if (bytes.equals(this.#zeros.subarray(0, bytes.length))) return;
    for (let at = 0; at < bytes.length; at += this.#block.pageSize) {
      const page = bytes.subarray(at, at + this.#block.pageSize);
      if (!page.equals(this.#zeros.subarray(0, page.length))) this.stalePages++;
    }
  }
}

interface Gap {
  readonly firstPage: number;
  readonly endPage: number;
}

function clearRuns(bitmap: Uint8Array, order: WordOrder, firstPage: number, endPage: number): Gap[] {
  const gaps: Gap[] = [];
  let next = firstPage;
  forEachRun(bitmap, order, firstPage, endPage, (first, count) => {
    if (first > next) gaps.push({ firstPage: next, endPage: first });
    next = first + count;
  });
  if (next < endPage) gaps.push({ firstPage: next, endPage });
  return gaps;
}
