import { type PhysicalRange, partOf } from '@mapped-ram/facts';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';

/** A guest's memory by guest-physical address. */
export class PhysicalMemory {
  readonly #snapshot: Snapshot;
  readonly #ranges: readonly PhysicalRange[];

  /** @param ranges Ascending. */
  constructor(snapshot: Snapshot, ranges: readonly PhysicalRange[]) {
    this.#snapshot = snapshot;
    this.#ranges = ranges;
  }

  /**
   * Reads some bytes.
   *
   * @returns A copy; undefined where not all of them are memory.
   * @throws MappedRamError as `readPages` does.
   */
  async read(address: bigint, lengthBytes: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(lengthBytes);
    const end = address + BigInt(lengthBytes);
    for (let at = address; at < end; ) {
      const range = this.#find(at);
      if (range === undefined || range.block.ignored) return undefined;
      const rangeEnd = range.address + BigInt(range.lengthBytes);
      const part = partOf(range, at, rangeEnd < end ? rangeEnd : end);
      bytes.set(await this.#readBlock(part.block, part.blockOffset, part.lengthBytes), Number(at - address));
      at += BigInt(part.lengthBytes);
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

  #find(address: bigint): PhysicalRange | undefined {
    return this.#ranges.find(
      (range) => address >= range.address && address < range.address + BigInt(range.lengthBytes),
    );
  }
}
