import { clipRange, type PhysicalRange } from '@mapped-ram/facts';
import { bitmapLengthBytes, countSet, forEachRun, type RunCallback, setRange } from '@mapped-ram/format';
import type { RamBlock } from '@mapped-ram/reader';

/** Pages of RAM blocks, chosen by their guest-physical addresses. */
export class PageSet {
  /** The memory that pages are taken of. Ascending. */
  readonly ranges: readonly PhysicalRange[];
  readonly #bits = new Map<RamBlock, Uint8Array>();

  /** @param ranges The memory that pages are taken of; what lies elsewhere is left out. Ascending. */
  constructor(ranges: readonly PhysicalRange[]) {
    this.ranges = ranges;
  }

  /** The blocks with pages in the set. */
  get blocks(): readonly RamBlock[] {
    return [...this.#bits.keys()];
  }

  /** A block's pages: a bit a page, in little-endian 64-bit words. Not a copy; undefined where there are none. */
  bits(block: RamBlock): Uint8Array | undefined {
    return this.#bits.get(block);
  }

  /** How many pages of all blocks are in the set. */
  get pages(): number {
    let pages = 0;
    for (const [block, bits] of this.#bits) pages += countSet(bits, block.pageCount, 'le');
    return pages;
  }

  /** Calls back for each run of a block's pages, ascending. */
  forEachRun(block: RamBlock, callback: RunCallback): void {
    const bits = this.#bits.get(block);
    if (bits !== undefined) forEachRun(bits, 'le', 0, block.pageCount, callback);
  }

  /** Adds the pages that lie wholly between two addresses. @returns How many bytes of them are in the set now */
  add(address: bigint, lengthBytes: number): number {
    const end = address + BigInt(lengthBytes);
    let addedBytes = 0;
    for (let index = this.#firstRange(address); index < this.ranges.length; index++) {
      const range = this.ranges[index] as PhysicalRange;
      if (range.address >= end) break;
      const part = clipRange(range, address, end);
      if (part !== undefined) addedBytes += this.#addPart(part);
    }
    return addedBytes;
  }

  /** Adds pages of a block. @param endPage Behind the last one */
  addPages(block: RamBlock, firstPage: number, endPage: number): void {
    let bits = this.#bits.get(block);
    if (bits === undefined) {
      bits = new Uint8Array(bitmapLengthBytes(block.pageCount));
      this.#bits.set(block, bits);
    }
    setRange(bits, firstPage, endPage);
  }

  #addPart({ block, blockOffset, lengthBytes }: PhysicalRange): number {
    const firstPage = Math.ceil(blockOffset / block.pageSize);
    const endPage = Math.min(block.pageCount, Math.floor((blockOffset + lengthBytes) / block.pageSize));
    if (block.ignored || firstPage >= endPage) return 0;
    this.addPages(block, firstPage, endPage);
    return (endPage - firstPage) * block.pageSize;
  }

  /** Position of the first range that ends behind an address. */
  #firstRange(address: bigint): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { address: from, lengthBytes } = this.ranges[middle] as PhysicalRange;
      if (from + BigInt(lengthBytes) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
