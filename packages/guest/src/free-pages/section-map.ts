import { endOf, type PhysicalRange } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { VirtualMemory } from '../memory/virtual-memory.js';
import type { Vmcoreinfo } from '../vmcoreinfo/vmcoreinfo.js';

/** Flags in the low bits of `section_mem_map` (Linux: include/linux/mmzone.h). */
const SECTION_PRESENT = 1n;
const SECTION_HAS_MAP = 2n;

/** More bits may be flags in newer kernels, up to the page structure's alignment. */
const FLAG_BITS = 6n;

const POINTER_BYTES = 8;
const TABLE = 'the table of sections of memory';

/** A section of guest-physical memory that has page structures. */
export interface MemorySection {
  /** Number of its first page. */
  readonly firstFrame: number;
  /** Where the structure of its first page is. */
  readonly pagesAddress: bigint;
}

/** Where the kernel has the structures of which pages: one for each page of memory. */
export interface SectionMap {
  /** Ascending by frame number; none without memory in the guest-physical map. */
  readonly sections: readonly MemorySection[];
  readonly framesPerSection: number;
  /** Bytes of a page structure. */
  readonly pageStructBytes: number;
}

/**
 * Reads the kernel's table of sections (SPARSEMEM, which x86-64 and arm64 use; Linux: mm/sparse.c), as far as there is memory.
 *
 * @param ranges The guest-physical map.
 * @throws MappedRamError `unsupported` where VMCOREINFO lacks what is needed, or the table is not in memory; as reading pages does.
 */
export async function readSections(
  info: Vmcoreinfo,
  memory: VirtualMemory,
  ranges: readonly PhysicalRange[],
): Promise<SectionMap> {
  const sectionBits = Number(info.number('SECTION_SIZE_BITS'));
  const physicalBits = Number(info.number('MAX_PHYSMEM_BITS'));
  const pageBits = Math.log2(info.pageSize);
  if (!(sectionBits >= pageBits + 6 && sectionBits < physicalBits && physicalBits <= 56)) {
    throw new MappedRamError('unsupported', {
      what: "the guest's VMCOREINFO has sections of memory that cannot be",
      actual: `2^${physicalBits} bytes in sections of 2^${sectionBits}`,
    });
  }
  const framesPerSection = 2 ** (sectionBits - pageBits);
  const pageStructBytes = info.size('page');
  const entryBytes = info.size('mem_section');
  const mapOffset = info.offsetIn('mem_section', 'section_mem_map', POINTER_BYTES);
  const table = info.symbol('mem_section');

  const sectionCount = 2 ** (physicalBits - sectionBits);
  const perRoot = Math.floor(info.pageSize / entryBytes);
  // SPARSEMEM_EXTREME: the table points to pages of entries. SPARSEMEM_STATIC: it has the entries.
  const hasRoots = info.length('mem_section') < sectionCount;
  const findEntry = async (section: number): Promise<bigint | undefined> => {
    if (!hasRoots) return table + BigInt(section * entryBytes);
    const pointer = table + BigInt(Math.floor(section / perRoot) * POINTER_BYTES);
    const root = await memory.u64(pointer, TABLE);
    return root === 0n ? undefined : root + BigInt((section % perRoot) * entryBytes);
  };

  const sections: MemorySection[] = [];
  for (const section of sectionsOf(ranges, sectionBits, sectionCount)) {
    const entry = await findEntry(section);
    if (entry === undefined) continue;
    const coded = await memory.u64(entry + BigInt(mapOffset), TABLE);
    if ((coded & SECTION_PRESENT) === 0n || (coded & SECTION_HAS_MAP) === 0n) continue;
    const firstFrame = section * framesPerSection;
    const base = (coded >> FLAG_BITS) << FLAG_BITS;
    const pagesAddress = BigInt.asUintN(64, base + BigInt(firstFrame) * BigInt(pageStructBytes));
    sections.push({ firstFrame, pagesAddress });
  }
  return { sections, framesPerSection, pageStructBytes };
}

/** The numbers of the sections in which there is memory, ascending. */
function* sectionsOf(
  ranges: readonly PhysicalRange[],
  sectionBits: number,
  count: number,
): Generator<number> {
  let next = 0;
  for (const range of ranges) {
    const first = Number(range.address >> BigInt(sectionBits));
    const last = Number((endOf(range) - 1n) >> BigInt(sectionBits));
    for (let section = Math.max(first, next); section <= last && section < count; section++) yield section;
    next = Math.max(next, last + 1);
  }
}
