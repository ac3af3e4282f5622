import type { Architecture, StateFields } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import { type Mapping, PageTables, type PhysicalMemory, x86Paging, x86PagingFormat } from '@mapped-ram/guest';
import type { CoreSegment } from '../elf/core-file.js';

/**
 * The segments of a core by virtual address: those of the first processor that runs a kernel, else of the first one with
 * paging on. What is mapped but no memory is left out.
 *
 * @param physical The segments by guest-physical address, ascending.
 * @throws MappedRamError `unsupported` where there are no page tables of a kind that is known; as reading pages does.
 */
export async function virtualSegments(
  architecture: Architecture | undefined,
  processors: readonly StateFields[],
  memory: PhysicalMemory,
  physical: readonly CoreSegment[],
): Promise<CoreSegment[]> {
  if (architecture !== 'x86') {
    throw new MappedRamError('unsupported', { what: 'page tables can be read of x86-64 guests alone' });
  }
  const paged = processors.map(x86Paging).filter(({ isOn }) => isOn);
  const chosen = paged.find(({ inKernel }) => inKernel) ?? paged[0];
  if (chosen === undefined) {
    throw new MappedRamError('unsupported', { what: 'no processor has paging on in long mode' });
  }
  const tables = new PageTables(memory, x86PagingFormat(chosen.levels), chosen.root);
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
