import { derivePhysicalMap, type PhysicalRange } from '@mapped-ram/facts';
import { type ByteSource, openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { VERITY_BLOCK_BYTES } from './verity.js';

/** What lies where a file changed. */
export interface ChangedPlace {
  /** Of the changed bytes in the file, as far as they belong to one page. */
  readonly byteOffset: number;
  readonly lengthBytes: number;
  /** The RAM block, where they are memory. */
  readonly block?: string;
  /** The page of the block. */
  readonly page?: number;
  /** Where the guest has the page, where that is known. */
  readonly address?: bigint;
}

/** Names what lies in a file: pages of memory, or something else. */
export class PlaceNamer {
  readonly #sizeBytes: number;
  readonly #blocks: readonly RamBlock[];
  readonly #ranges: readonly PhysicalRange[];

  private constructor(sizeBytes: number, blocks: readonly RamBlock[], ranges: readonly PhysicalRange[]) {
    this.#sizeBytes = sizeBytes;
    this.#blocks = blocks;
    this.#ranges = ranges;
  }

  /** Of a file that may be damaged, or no snapshot at all. @throws MappedRamError `read-failed` */
  static async open(source: ByteSource): Promise<PlaceNamer> {
    const snapshot = await openSnapshot(source, { tolerant: true });
    if (snapshot.ramLayout !== 'mapped-ram') return new PlaceNamer(source.sizeBytes, [], []);
    const blocks = snapshot.ramBlocks.filter(({ ignored, pageSize }) => !ignored && pageSize > 0);
    // Where the machine's memory lies is not known of every machine, and damage may hide it.
    const map = await derivePhysicalMap(snapshot).catch(() => undefined);
    return new PlaceNamer(source.sizeBytes, blocks, map?.ranges ?? []);
  }

  /** What lies in a block of 4 KiB: of small pages several, and more where a region begins or ends in it. */
  nameBlock(index: number): ChangedPlace[] {
    const places: ChangedPlace[] = [];
    const end = Math.min((index + 1) * VERITY_BLOCK_BYTES, this.#sizeBytes);
    for (let at = index * VERITY_BLOCK_BYTES; at < end; ) {
      const place = this.#nameAt(at, end);
      places.push(place);
      at += place.lengthBytes;
    }
    return places;
  }

  #nameAt(byteOffset: number, end: number): ChangedPlace {
    const block = this.#blocks.find(
      ({ pagesOffset, usedLength }) => pagesOffset <= byteOffset && byteOffset < pagesOffset + usedLength,
    );
    if (block === undefined) {
      const starts = this.#blocks
        .map(({ pagesOffset }) => pagesOffset)
        .filter((offset) => offset > byteOffset);
      return { byteOffset, lengthBytes: Math.min(end, ...starts) - byteOffset };
    }
    const page = Math.floor((byteOffset - block.pagesOffset) / block.pageSize);
    const pageEnd = block.pagesOffset + (page + 1) * block.pageSize;
    const address = this.#addressOf(block, page * block.pageSize);
    return {
      byteOffset,
      lengthBytes: Math.min(end, pageEnd) - byteOffset,
      block: block.idstr,
      page,
      ...(address !== undefined && { address }),
    };
  }

  #addressOf(block: RamBlock, blockOffset: number): bigint | undefined {
    const range = this.#ranges.find(
      (one) =>
        one.block.index === block.index &&
        one.blockOffset <= blockOffset &&
        blockOffset < one.blockOffset + one.lengthBytes,
    );
    return range && range.address + BigInt(blockOffset - range.blockOffset);
  }
}
