import { MappedRamError } from '@mapped-ram/format';
import type { StateFields } from '../cpu/state-fields.js';
import type { PhysicalMemory } from '../physical-memory.js';

/** Virtual addresses that lead to consecutive guest-physical ones. */
export interface Mapping {
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly lengthBytes: number;
}

const CR0_PAGING = 1n << 31n;
const CR4_FIVE_LEVELS = 1n << 12n;
const EFER_LONG_MODE = 1n << 10n;

const TABLE_BYTES = 4096;
const ENTRIES = 512;
const PRESENT = 1;
const LARGE_PAGE = 1 << 7;
const ADDRESS_MASK = 0x000f_ffff_ffff_f000n;

/** The lowest level's pages; each level above covers 512 times as much. */
const PAGE_SHIFT = 12n;
const LEVEL_SHIFT = 9n;
/** Levels whose entries can stand for a page: 4 KiB, 2 MiB, 1 GiB. */
const LARGEST_PAGE_LEVEL = 3;

/** Tables of one address space, at most: page tables that hold themselves have each of them several times. */
const MAX_TABLES = 200_000;

/** Mappings of one address space, at most; a core has a segment for each. */
const MAX_MAPPINGS = 2 ** 19;

/** Whether a processor translates addresses in long mode, and runs the kernel rather than a program. */
export function x86Paging(processor: StateFields): { isOn: boolean; inKernel: boolean } {
  const isOn =
    (processor.integer('env.cr[0]') & CR0_PAGING) !== 0n &&
    (processor.integer('env.efer') & EFER_LONG_MODE) !== 0n;
  return { isOn, inKernel: (processor.struct('env.segs[1]').integer('selector') & 3n) === 0n };
}

/**
 * Walks the page tables of a processor in long mode. Neighbours that lead to neighbours are one mapping.
 *
 * @returns In ascending order of virtual addresses, the lower half first.
 * @throws MappedRamError `limit-exceeded` where there are too many tables or mappings; as reading pages does.
 */
export async function walkX86PageTables(processor: StateFields, memory: PhysicalMemory): Promise<Mapping[]> {
  const levels = (processor.integer('env.cr[4]') & CR4_FIVE_LEVELS) !== 0n ? 5 : 4;
  const walk = new PageTableWalk(memory, levels);
  await walk.table(processor.integer('env.cr[3]') & ADDRESS_MASK, levels, 0n);
  return walk.mappings;
}

class PageTableWalk {
  readonly mappings: Mapping[] = [];
  readonly #memory: PhysicalMemory;
  readonly #signBit: bigint;
  #tables = 0;

  constructor(memory: PhysicalMemory, levels: number) {
    this.#memory = memory;
    this.#signBit = PAGE_SHIFT + LEVEL_SHIFT * BigInt(levels) - 1n;
  }

  async table(address: bigint, level: number, base: bigint): Promise<void> {
    if (++this.#tables > MAX_TABLES) {
      throw new MappedRamError('limit-exceeded', { what: 'there are too many page tables' });
    }
    const bytes = await this.#memory.read(address, TABLE_BYTES);
    if (bytes === undefined) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const shift = PAGE_SHIFT + LEVEL_SHIFT * BigInt(level - 1);
    const framesPerEntry = 2 ** (9 * (level - 1));
    for (let index = 0; index < ENTRIES; index++) {
      const low = view.getUint32(index * 8, true);
      if ((low & PRESENT) === 0) continue;
      const isPage = (bits: number) =>
        level === 1 || (level <= LARGEST_PAGE_LEVEL && (bits & LARGE_PAGE) !== 0);
      const virtualAddress = base + (BigInt(index) << shift);
      const frame = frameOf(view, index);
      if (!isPage(low)) {
        await this.table(BigInt(frame) << PAGE_SHIFT, level - 1, virtualAddress);
        continue;
      }
      // Neighbours that lead to neighbours are found in numbers: there may be a hundred million entries.
      const first = frame - (frame % framesPerEntry);
      const start = index;
      for (let next = first + framesPerEntry; index + 1 < ENTRIES; next += framesPerEntry) {
        const bits = view.getUint32((index + 1) * 8, true);
        if ((bits & PRESENT) === 0 || !isPage(bits)) break;
        const nextFrame = frameOf(view, index + 1);
        if (nextFrame - (nextFrame % framesPerEntry) !== next) break;
        index++;
      }
      this.#add(virtualAddress, BigInt(first) << PAGE_SHIFT, BigInt(index + 1 - start) << shift);
    }
  }

  #add(low: bigint, physicalAddress: bigint, length: bigint): void {
    const virtualAddress = BigInt.asUintN(64, BigInt.asIntN(Number(this.#signBit) + 1, low));
    const lengthBytes = Number(length);
    const last = this.mappings.at(-1);
    const goesOn =
      last !== undefined &&
      last.virtualAddress + BigInt(last.lengthBytes) === virtualAddress &&
      last.physicalAddress + BigInt(last.lengthBytes) === physicalAddress;
    if (goesOn)
      this.mappings[this.mappings.length - 1] = { ...last, lengthBytes: last.lengthBytes + lengthBytes };
    else if (this.mappings.length < MAX_MAPPINGS) {
      this.mappings.push({ virtualAddress, physicalAddress, lengthBytes });
    } else
      throw new MappedRamError('limit-exceeded', { what: 'there are too many mappings in the page tables' });
  }
}

/** The number of the 4 KiB page that an entry leads to: bits 12 to 51. */
function frameOf(view: DataView, index: number): number {
  const low = view.getUint32(index * 8, true);
  const high = view.getUint32(index * 8 + 4, true);
  return (high & 0xf_ffff) * 2 ** 20 + (low >>> 12);
}
