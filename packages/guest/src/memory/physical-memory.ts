import { endOf, type PhysicalRange, partOf } from '@mapped-ram/facts';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';

/** What is kept of small reads, such as of page tables and of structures that lie close together. */
const KEPT_BYTES = 4096;
const MAX_KEPT = 1024;

/** A guest's memory by guest-physical address. */
export class PhysicalMemory {
  /** Ascending. */
  readonly ranges: readonly PhysicalRange[];
  readonly #snapshot: Snapshot;
  readonly #kept = new Map<bigint, Uint8Array>();

  /** @param ranges Ascending. */
  constructor(snapshot: Snapshot, ranges: readonly PhysicalRange[]) {
    this.#snapshot = snapshot;
    this.ranges = ranges;
  }

  /**
   * Reads some bytes.
   *
   * @returns A copy; undefined where not all of them are memory that is in the snapshot.
   * @throws MappedRamError as `readPages` does.
   */
  async read(address: bigint, lengthBytes: number): Promise<Uint8Array | undefined> {
    const within = Number(address % BigInt(KEPT_BYTES));
    if (lengthBytes >= KEPT_BYTES || within + lengthBytes > KEPT_BYTES)
      return this.#load(address, lengthBytes);
    const page = await this.#page(address - BigInt(within));
    // At the end of memory there may be less than a whole page.
    return page === undefined ? this.#load(address, lengthBytes) : page.slice(within, within + lengthBytes);
  }

  /** The range in which an address lies. */
  find(address: bigint): PhysicalRange | undefined {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ranges[middle] as PhysicalRange).address <= address) low = middle + 1;
      else high = middle;
    }
    const range = this.ranges[low - 1];
    return range !== undefined && address < endOf(range) ? range : undefined;
  }

  async #page(address: bigint): Promise<Uint8Array | undefined> {
    const kept = this.#kept.get(address);
    if (kept !== undefined) return kept;
    const page = await this.#load(address, KEPT_BYTES);
    if (page === undefined) return undefined;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= MAX_KEPT) this.#kept.delete(oldest);
    this.#kept.set(address, page);
    return page;
  }

  async #load(address: bigint, lengthBytes: number): Promise<Uint8Array | undefined> {
    const end = address + BigInt(lengthBytes);
    const parts: PhysicalRange[] = [];
    for (let at = address; at < end; ) {
      const range = this.find(at);
      if (range === undefined || range.block.ignored) return undefined;
      const rangeEnd = endOf(range);
      const part = partOf(range, at, rangeEnd < end ? rangeEnd : end);
      parts.push(part);
      at = endOf(part);
    }
    const bytes = new Uint8Array(lengthBytes);
    for (const { address: at, block, blockOffset, lengthBytes: partBytes } of parts) {
      bytes.set(await this.#readBlock(block, blockOffset, partBytes), Number(at - address));
    }
    return bytes;
  }

  async #readBlock(block: RamBlock, offset: number, lengthBytes: number): Promise<Uint8Array> {
    const { pageSize } = block;
    const firstPage = Math.floor(offset / pageSize);
    const pages = new Uint8Array((Math.ceil((offset + lengthBytes) / pageSize) - firstPage) * pageSize);
    await this.#snapshot.readPages(block, firstPage, pages);
    const from = offset - firstPage * pageSize;
    return pages.subarray(from, from + lengthBytes);
  }
}
