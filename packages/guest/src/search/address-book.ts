import type { PhysicalRange } from '@mapped-ram/facts';
import type { RamBlock } from '@mapped-ram/reader';
import type { LinuxGuest } from '../linux-guest.js';
import type { Mapping } from '../paging/page-tables.js';

/** Under which addresses the guest has a place in a block. */
export interface GuestAddresses {
  /** Guest-physical; undefined where the map does not show it. */
  readonly physicalAddress: bigint | undefined;
  /** One of the kernel's; undefined where there is none, or the kernel is not known. */
  readonly virtualAddress: bigint | undefined;
}

/** Finds the addresses of places in blocks. */
export class AddressBook {
  readonly #ranges: readonly PhysicalRange[];
  /** Of the kernel, longest first: memory is in one long mapping, and pieces of it in others besides. */
  readonly #mappings: readonly Mapping[];

  private constructor(ranges: readonly PhysicalRange[], mappings: readonly Mapping[]) {
    this.#ranges = ranges;
    this.#mappings = mappings;
  }

  /**
   * @param ranges The guest-physical map.
   * @param guest Where it is known.
   * @throws MappedRamError as `PageTables.mappings` does.
   */
  static async open(ranges: readonly PhysicalRange[], guest: LinuxGuest | undefined): Promise<AddressBook> {
    const mappings = (await guest?.memory.tables.mappings()) ?? [];
    return new AddressBook(
      ranges,
      mappings.sort((a, b) => b.lengthBytes - a.lengthBytes),
    );
  }

  /** The addresses of a place. @param blockOffset In bytes */
  find(block: RamBlock, blockOffset: number): GuestAddresses {
    const range = this.#ranges.find(
      (one) =>
        one.block === block &&
        blockOffset >= one.blockOffset &&
        blockOffset < one.blockOffset + one.lengthBytes,
    );
    if (range === undefined) return { physicalAddress: undefined, virtualAddress: undefined };
    const physicalAddress = range.address + BigInt(blockOffset - range.blockOffset);
    const mapping = this.#mappings.find((one) => {
      const within = physicalAddress - one.physicalAddress;
      return within >= 0n && within < BigInt(one.lengthBytes);
    });
    const virtualAddress = mapping && mapping.virtualAddress + physicalAddress - mapping.physicalAddress;
    return { physicalAddress, virtualAddress };
  }
}
