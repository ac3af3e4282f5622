import {
  architectureOf,
  clipRange,
  type PhysicalMap,
  type PhysicalRange,
  readDevices,
} from '@mapped-ram/facts';
import { findLinuxGuest, PhysicalMemory } from '@mapped-ram/guest';
import type { Snapshot } from '@mapped-ram/reader';
import type { AddressRange } from '../address-range.js';
import { processorTables } from './processor-tables.js';

/** Memory behind virtual addresses. */
export interface VirtualRange {
  /** The virtual address. */
  readonly virtualAddress: bigint;
  readonly range: PhysicalRange;
}

/** The memory behind a range of virtual addresses, and by whose page tables. */
export interface VirtualRanges {
  readonly ranges: readonly VirtualRange[];
  /** A processor's number; or the Linux kernel that was found. */
  readonly tablesOf: number | 'kernel';
}

/**
 * Translates virtual addresses: by the page tables of the processor that is asked for; else by those of a Linux guest's kernel, where there
 * is one; else by those of a processor.
 *
 * @throws MappedRamError `unsupported` where there are no page tables that are understood; `limit-exceeded`; what reading throws.
 * @throws RangeError where there is no such processor.
 */
export async function translateRange(
  snapshot: Snapshot,
  map: PhysicalMap,
  { address, lengthBytes }: AddressRange,
  cpu: number | undefined,
): Promise<VirtualRanges> {
  const memory = new PhysicalMemory(snapshot, map.ranges);
  const kernel = cpu === undefined ? await findLinuxGuest(snapshot, { map }) : undefined;
  const processor =
    kernel === undefined
      ? processorTables(architectureOf(snapshot), await readDevices(snapshot, 'cpu'), memory, cpu)
      : undefined;
  const tables = kernel?.memory.tables ?? processor?.tables;
  const mappings = (await tables?.mappingsBetween(address, address + BigInt(lengthBytes))) ?? [];
  const ranges = mappings.flatMap(({ virtualAddress, physicalAddress, lengthBytes: mappedBytes }) =>
    map.ranges.flatMap((one): VirtualRange[] => {
      const range = clipRange(one, physicalAddress, physicalAddress + BigInt(mappedBytes));
      if (range === undefined) return [];
      return [{ virtualAddress: virtualAddress + range.address - physicalAddress, range }];
    }),
  );
  return { ranges, tablesOf: processor?.cpu ?? 'kernel' };
}
