import type { StateFields } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import { guestArchitecture, kernelMemory } from '../memory/kernel-memory.js';
import type { PhysicalMemory } from '../memory/physical-memory.js';
import { PageTables } from '../paging/page-tables.js';
import { x86Paging, x86PagingFormat } from '../paging/x86-paging.js';
import { kernelNamesAddress, UTS_STRING_BYTES } from './kernel-names.js';
import type { Vmcoreinfo } from './vmcoreinfo.js';

/** With page table isolation, a program's topmost table is the page after the kernel's (Linux: arch/x86/entry/calling.h). */
const USER_TABLE_BIT = 0x1000n;

/**
 * How a candidate stands the test:
 * - `contradicted`: the memory is not what it says, so it is of another kernel, of an earlier boot, or a program's;
 * - `consistent`: the kernel's page tables and its own name are where it says;
 * - `confirmed`: a processor's page tables also lead there, which a program cannot make them do.
 */
export type Verdict = 'contradicted' | 'consistent' | 'confirmed';

/**
 * Holds VMCOREINFO against the memory and the processors that it is found with: the release must be the one that the kernel calls
 * itself by, at the address of `init_uts_ns`, through the kernel's page tables and those that a processor uses.
 *
 * @param processors May be none, where the snapshot does not describe them.
 * @throws MappedRamError as reading pages does.
 */
export async function verifyVmcoreinfo(
  info: Vmcoreinfo,
  physical: PhysicalMemory,
  processors: readonly StateFields[],
): Promise<Verdict> {
  try {
    const names = kernelNamesAddress(info);
    const kernel = kernelMemory(info, physical);
    // The release is the third of the strings.
    const release = await kernel.text(names + BigInt(2 * UTS_STRING_BYTES), UTS_STRING_BYTES, 'its release');
    if (release === '' || release !== info.release) return 'contradicted';
    if (guestArchitecture(info) !== 'x86-64') return 'consistent';
    const expected = (await kernel.tables.translate(names))?.physicalAddress;
    const found = await addressesByProcessors(names, physical, processors);
    if (found.length === 0) return 'consistent';
    return found.some((address) => address === expected) ? 'confirmed' : 'contradicted';
  } catch (error) {
    if (error instanceof MappedRamError && error.code === 'unsupported') return 'contradicted';
    throw error;
  }
}

/** Where processors have a kernel's address; nothing of those without paging, or whose tables are not in memory. */
async function addressesByProcessors(
  address: bigint,
  physical: PhysicalMemory,
  processors: readonly StateFields[],
): Promise<(bigint | undefined)[]> {
  const found: (bigint | undefined)[] = [];
  for (const processor of processors) {
    const { isOn, levels, root } = x86Paging(processor);
    if (!isOn) continue;
    let leadsTo: bigint | undefined;
    for (const table of [root, root & ~USER_TABLE_BIT]) {
      const mapping = await new PageTables(physical, x86PagingFormat(levels), table).translate(address);
      leadsTo ??= mapping?.physicalAddress;
    }
    found.push(leadsTo);
  }
  return found;
}
