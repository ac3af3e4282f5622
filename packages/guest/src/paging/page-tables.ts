import { MappedRamError } from '@mapped-ram/format';
import type { PhysicalMemory } from '../memory/physical-memory.js';
import { addressBits, type EntryKind, levelBits, type PagingFormat } from './paging-format.js';

/** Virtual addresses that lead to consecutive guest-physical ones. */
export interface Mapping {
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly lengthBytes: number;
}

const ENTRY_BYTES = 8;

/** Addresses in entries are in units of 4 KiB, whatever the smallest page. */
const FRAME_SHIFT = 12;

/** Mappings of one address space, at most; a core has a segment for each. */
const MAX_MAPPINGS = 2 ** 19;

/** Tables of one address space, at most: page tables that hold themselves have each of them several times. */
const MAX_TABLES = 200_000;

/** Tables that are kept between translations. */
const MAX_KEPT_TABLES = 512;

/** An address space: page tables in guest memory. What they hold is the guest's and is not trusted. */
export class PageTables {
  readonly format: PagingFormat;
  readonly #memory: PhysicalMemory;
  readonly #root: bigint;
  readonly #kept = new Map<bigint, DataView>();

  /** @param root Guest-physical address of the topmost table. */
  constructor(memory: PhysicalMemory, format: PagingFormat, root: bigint) {
    this.#memory = memory;
    this.format = format;
    this.#root = root;
  }

  /**
   * Where a virtual address leads.
   *
   * @returns From this address to the end of its page; undefined where it is not mapped.
   * @throws MappedRamError as reading pages does.
   */
  async translate(virtualAddress: bigint): Promise<Mapping | undefined> {
    const { physicalAddress, ...stretch } = await this.#look(BigInt.asUintN(64, virtualAddress));
    return physicalAddress === undefined ? undefined : { ...stretch, physicalAddress };
  }

  /**
   * What is mapped between two virtual addresses, ascending. Neighbours that lead to neighbours are one mapping.
   *
   * @throws MappedRamError `limit-exceeded` where there are too many tables or mappings; as reading pages does.
   */
  async mappingsBetween(from: bigint, to: bigint): Promise<Mapping[]> {
    const { format } = this;
    const found: Mapping[] = [];
    let tables = 0;
    const walk = async (address: bigint, level: number, base: bigint): Promise<void> => {
      if (++tables > MAX_TABLES) throw tooMany('there are too many page tables');
      const table = await this.#table(address, level);
      if (table === undefined) return;
      const bits = levelBits(format, level);
      const step = 2 ** (bits - FRAME_SHIFT);
      const { first, end } = this.#entriesBetween(level, base, { from, to });
      for (let index = first; index < end; index++) {
        const kind = this.#kind(table, index, level);
        if (kind === 'nothing') continue;
        const virtualAddress = base + (BigInt(index) << BigInt(bits));
        if (kind === 'table') {
          const start = this.#extend(virtualAddress);
          if (start >= to || start + (1n << BigInt(bits)) <= from) continue;
          await walk(this.#address(table, index, 0), level - 1, virtualAddress);
          continue;
        }
        // Neighbours that lead to neighbours are found in numbers: there may be a hundred million entries.
        const start = index;
        const frame = this.#frame(table, index, step);
        while (
          index + 1 < end &&
          this.#kind(table, index + 1, level) === 'page' &&
          this.#frame(table, index + 1, step) === frame + (index + 1 - start) * step
        )
          index++;
        const mapping = {
          virtualAddress: this.#extend(virtualAddress),
          physicalAddress: BigInt(frame) << BigInt(FRAME_SHIFT),
          lengthBytes: (index + 1 - start) * 2 ** bits,
        };
        append(found, mapping, { from, to });
      }
    };
    await walk(this.#root, format.levels, 0n);
    return found;
  }

  /** The entries of a table that stand for some of the addresses; of the topmost, whose halves lie apart, all. */
  #entriesBetween(level: number, base: bigint, { from, to }: Stretch): { first: number; end: number } {
    const count = 2 ** this.#indexBits(level);
    if (level === this.format.levels) return { first: 0, end: count };
    const bits = BigInt(levelBits(this.format, level));
    const start = this.#extend(base);
    return {
      first: from <= start ? 0 : Number((from - start) >> bits),
      end: to <= start ? 0 : Math.min(count, Number((to - start - 1n) >> bits) + 1),
    };
  }

  /** What an address leads to, and how far: to the end of its page, or of what is not mapped around it. */
  async #look(
    address: bigint,
  ): Promise<{ virtualAddress: bigint; physicalAddress?: bigint; lengthBytes: number }> {
    const { format } = this;
    const toEnd = (bits: number) => Number((1n << BigInt(bits)) - BigInt.asUintN(bits, address));
    if (this.#extend(BigInt.asUintN(addressBits(format), address)) !== address) {
      return { virtualAddress: address, lengthBytes: toEnd(levelBits(format, format.levels)) };
    }
    let table = this.#root;
    for (let level = format.levels; level >= 1; level--) {
      const bits = levelBits(format, level);
      const view = await this.#table(table, level);
      const index = Number(BigInt.asUintN(this.#indexBits(level), address >> BigInt(bits)));
      const kind = view === undefined ? 'nothing' : this.#kind(view, index, level);
      if (view !== undefined && kind === 'table') table = this.#address(view, index, 0);
      else {
        const stretch = { virtualAddress: address, lengthBytes: toEnd(bits) };
        if (view === undefined || kind === 'nothing') return stretch;
        const physicalAddress = this.#address(view, index, bits) + BigInt.asUintN(bits, address);
        return { ...stretch, physicalAddress };
      }
    }
    return { virtualAddress: address, lengthBytes: toEnd(format.pageShift) };
  }

  /**
   * Everything that is mapped. Neighbours that lead to neighbours are one mapping.
   *
   * @returns In ascending order of virtual addresses, the lower half first.
   * @throws MappedRamError as {@link mappingsBetween} does.
   */
  mappings(): Promise<Mapping[]> {
    return this.mappingsBetween(0n, 1n << 64n);
  }

  async #table(address: bigint, level: number): Promise<DataView | undefined> {
    // The topmost may have fewer entries than the same page has as another table.
    if (level === this.format.levels) return this.#readTable(address, level);
    const kept = this.#kept.get(address);
    if (kept !== undefined) return kept;
    const view = await this.#readTable(address, level);
    if (view === undefined) return undefined;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= MAX_KEPT_TABLES) this.#kept.delete(oldest);
    this.#kept.set(address, view);
    return view;
  }

  #kind(table: DataView, index: number, level: number): EntryKind {
    return this.format.kind(table.getUint32(index * ENTRY_BYTES, true), level);
  }

  /** The 4 KiB page that an entry leads to, at a multiple of a step. */
  #frame(table: DataView, index: number, step: number): number {
    const low = table.getUint32(index * ENTRY_BYTES, true);
    const high = table.getUint32(index * ENTRY_BYTES + 4, true);
    const frame = (high & this.format.highAddressMask) * 2 ** (32 - FRAME_SHIFT) + (low >>> FRAME_SHIFT);
    return frame - (frame % step);
  }

  /** The address that an entry leads to, at a multiple of the size of a page, or of the smallest one for a table. */
  #address(table: DataView, index: number, bits: number): bigint {
    const step = 2 ** (Math.max(bits, this.format.pageShift) - FRAME_SHIFT);
    return BigInt(this.#frame(table, index, step)) << BigInt(FRAME_SHIFT);
  }

  async #readTable(address: bigint, level: number): Promise<DataView | undefined> {
    const bytes = await this.#memory.read(address, ENTRY_BYTES << this.#indexBits(level));
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #indexBits(level: number): number {
    return level === this.format.levels ? this.format.topShift : this.format.levelShift;
  }

  /** Sets the bits above those that are translated. */
  #extend(address: bigint): bigint {
    const bits = addressBits(this.format);
    switch (this.format.upperBits) {
      case 'sign':
        return BigInt.asUintN(64, BigInt.asIntN(bits, address));
      case 'ones':
        return BigInt.asUintN(64, address | (-1n << BigInt(bits)));
      case 'zeros':
        return address;
    }
  }
}

function tooMany(what: string): MappedRamError {
  return new MappedRamError('limit-exceeded', { what });
}

/** Addresses from one on and before another. */
interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

/** Adds what of a mapping lies in a stretch. */
function append(
  mappings: Mapping[],
  { virtualAddress, physicalAddress, lengthBytes }: Mapping,
  { from, to }: Stretch,
): void {
  const cut = from > virtualAddress ? from - virtualAddress : 0n;
  const end = virtualAddress + BigInt(lengthBytes);
  const length = Number((end < to ? end : to) - virtualAddress - cut);
  if (length <= 0) return;
  const start = { virtual: virtualAddress + cut, physical: physicalAddress + cut };
  const last = mappings.at(-1);
  const goesOn =
    last !== undefined &&
    last.virtualAddress + BigInt(last.lengthBytes) === start.virtual &&
    last.physicalAddress + BigInt(last.lengthBytes) === start.physical;
  if (goesOn) mappings[mappings.length - 1] = { ...last, lengthBytes: last.lengthBytes + length };
  else if (mappings.length < MAX_MAPPINGS) {
    const { virtual, physical } = start;
    mappings.push({ virtualAddress: virtual, physicalAddress: physical, lengthBytes: length });
  } else throw tooMany('there are too many mappings in the page tables');
}
