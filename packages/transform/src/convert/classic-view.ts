import type { ByteSource, ClassicOptions, ClassicRun } from '@mapped-ram/reader';
import type { PlacedBlock } from '@mapped-ram/writer';
import { HeldTarget } from './held-target.js';
import { PagePlaces } from './page-places.js';
import { MappingVisitor, mapClassicStream, type StoredRun } from './to-mapped-ram.js';

/** What is read at once of pages that lie together in the stream. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Reads a classic stream once, and shows it.
 *
 * @throws as `viewClassicStream` does.
 */
export async function openClassicView(
  source: ByteSource,
  { streamOffset, signal }: ClassicOptions,
): Promise<ByteSource> {
  const place = streamOffset === undefined ? {} : { streamOffset };
  const visitor = new PlacingVisitor(source, { ...place, keepsOffset: true });
  const { sizeBytes } = await mapClassicStream(source, visitor, { ...place, signal });
  return new ClassicView(source, visitor, sizeBytes);
}

/** Takes down where pages lie instead of copying them. */
class PlacingVisitor extends MappingVisitor {
  readonly held: HeldTarget;
  readonly places = new PagePlaces();

  constructor(source: ByteSource, options: ConstructorParameters<typeof MappingVisitor>[2]) {
    const held = new HeldTarget(source.name);
    super(source, held, options);
    this.held = held;
  }

  override async pages(runs: readonly ClassicRun[]): Promise<void> {
    for (const { blockIndex, firstPage, pageCount, bytes } of runs) {
      if (bytes === undefined) this.places.clear(blockIndex, firstPage, pageCount);
    }
    await super.pages(runs);
  }

  protected override async store(blockIndex: number, runs: readonly StoredRun[]): Promise<void> {
    for (const { firstPage, pageCount, byteOffset, strideBytes } of runs) {
      this.writer.keepHoles(blockIndex, firstPage, pageCount);
      this.places.set(blockIndex, firstPage, pageCount, byteOffset, strideBytes);
    }
  }
}

class ClassicView implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly allocatedBytes?: number;
  readonly #stream: ByteSource;
  readonly #held: HeldTarget;
  readonly #places: PagePlaces;
  /** In the order of the file. */
  readonly #blocks: readonly (PlacedBlock & { readonly index: number })[];

  constructor(source: ByteSource, { held, places, writer }: PlacingVisitor, sizeBytes: number) {
    this.name = source.name;
    this.sizeBytes = sizeBytes;
    if (source.allocatedBytes !== undefined) this.allocatedBytes = source.allocatedBytes;
    this.#stream = source;
    this.#held = held;
    this.#places = places;
    this.#blocks = writer.blocks
      .map((block, index) => ({ ...block, index }))
      .filter(({ ignored }) => !ignored)
      .sort((a, b) => a.pagesOffset - b.pagesOffset);
  }

  async read(target: Uint8Array, byteOffset: number): Promise<number> {
    const end = Math.min(byteOffset + target.length, this.sizeBytes);
    if (end <= byteOffset) return 0;
    const wanted = target.subarray(0, end - byteOffset);
    this.#held.read(wanted, byteOffset);
    for (const block of this.#blocks) {
      const from = Math.max(byteOffset, block.pagesOffset);
      const to = Math.min(end, block.pagesOffset + block.pageCount * block.pageSize);
      if (from < to) {
        await this.#readPages(
          block,
          wanted.subarray(from - byteOffset, to - byteOffset),
          from - block.pagesOffset,
        );
      }
    }
    return wanted.length;
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  /** Fills in pages, or parts of them at either end. What is zero is left as it is. */
  async #readPages(
    { index, pageSize }: PlacedBlock & { readonly index: number },
    target: Uint8Array,
    byteOffset: number,
  ): Promise<void> {
    const firstPage = Math.floor(byteOffset / pageSize);
    const endPage = Math.ceil((byteOffset + target.length) / pageSize);
    for (let page = firstPage; page < endPage; ) {
      const place = this.#places.get(index, page);
      if (place === undefined) {
        page++;
        continue;
      }
      const pages = this.#together(
        index,
        page,
        Math.min(endPage, page + Math.floor(PIECE_BYTES / pageSize)),
        pageSize,
      );
      const piece = new Uint8Array((pages.length - 1) * pages.strideBytes + pageSize);
      await this.#stream.read(piece, place);
      for (let at = 0; at < pages.length; at++) {
        const start = (page + at) * pageSize - byteOffset;
        const contents = piece.subarray(at * pages.strideBytes, at * pages.strideBytes + pageSize);
        target.set(
          contents.subarray(Math.max(0, -start), Math.min(pageSize, target.length - start)),
          Math.max(0, start),
        );
      }
      page += pages.length;
    }
  }

  /** How many pages from one on lie one behind the other in the stream. */
  #together(
    index: number,
    page: number,
    endPage: number,
    pageSize: number,
  ): { length: number; strideBytes: number } {
    const first = this.#places.get(index, page) as number;
    const strideBytes = (this.#places.get(index, page + 1) ?? 0) - first;
    if (page + 1 >= endPage || strideBytes < pageSize || strideBytes > pageSize + MAX_RECORD_HEAD_BYTES)
      return { length: 1, strideBytes: pageSize };
    let length = 2;
    while (page + length < endPage && this.#places.get(index, page + length) === first + length * strideBytes)
      length++;
    return { length, strideBytes };
  }
}

/** A word, and the name of a block. */
const MAX_RECORD_HEAD_BYTES = 8 + 1 + 255;
