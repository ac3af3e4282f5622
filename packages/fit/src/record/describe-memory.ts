import { isGuestMemory } from '@mapped-ram/facts';
import { hasErrorCode } from '@mapped-ram/format';
import { type QemuRamBlock, type QmpClient, QmpError, queryMemoryRanges } from '@mapped-ram/qmp';

/** Where in a guest's physical addresses a stretch of a block lies. In bytes. */
export interface MemoryPlace {
  /** The block, as a stream names it. */
  readonly block: string;
  readonly address: number;
  readonly lengthBytes: number;
  /** Where in the block it begins. */
  readonly blockOffset: number;
}

/**
 * Asks a QEMU where its guest sees main RAM and the memory of nodes and DIMMs. Memory behind a device's place is left out: that of
 * PCI lies where the guest puts it, and QEMU compares where virtio-mem's is.
 *
 * @param blocks all that the QEMU has
 * @returns undefined where its monitor does not tell
 */
export async function describeMemory(
  qmp: QmpClient,
  blocks: readonly Pick<QemuRamBlock, 'idstr'>[],
): Promise<readonly MemoryPlace[] | undefined> {
  const known = new Set(blocks.filter(isGuestMemory).map(({ idstr }) => idstr));
  try {
    const ranges = await queryMemoryRanges(qmp);
    return ranges
      .filter(({ region }) => known.has(region))
      .map(({ region, regionOffset, ...range }) => ({ block: region, ...range, blockOffset: regionOffset }));
  } catch (error) {
    // A QEMU that was built without it says so in words.
    if (error instanceof QmpError || hasErrorCode(error, 'bad-qmp-result')) return undefined;
    throw error;
  }
}
