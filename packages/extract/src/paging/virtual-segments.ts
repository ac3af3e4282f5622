import type { Mapping, PageTables } from '@mapped-ram/guest';
import type { CoreSegment } from '../elf/core-file.js';

/**
 * The segments of a core by virtual address. What is mapped but no memory is left out.
 *
 * @param physical The segments by guest-physical address, ascending.
 * @throws MappedRamError `limit-exceeded` where there are too many page tables; as reading pages does.
 */
export async function virtualSegments(
  tables: PageTables,
  physical: readonly CoreSegment[],
): Promise<CoreSegment[]> {
  const mappings = await tables.mappings();
  return mappings.flatMap((mapping) => cutToMemory(mapping, physical));
}

/** The parts of a mapping that lead to memory. */
function cutToMemory(mapping: Mapping, physical: readonly CoreSegment[]): CoreSegment[] {
  return physical.flatMap((segment) => {
    const ahead = Number(mapping.physicalAddress - segment.physicalAddress);
    const from = Math.max(0, ahead);
    const to = Math.min(segment.lengthBytes, ahead + mapping.lengthBytes);
    if (from >= to) return [];
    return [
      {
        virtualAddress: mapping.virtualAddress + BigInt(from - ahead),
        physicalAddress: segment.physicalAddress + BigInt(from),
        lengthBytes: to - from,
        memoryOffset: segment.memoryOffset + from,
      },
    ];
  });
}
