import { MappedRamError } from '@mapped-ram/format';
import type { PhysicalMemory } from '../memory/physical-memory.js';
import { addressBits, levelBits, type PagingFormat, type TableEntry } from './paging-format.js';

/** Virtual addresses that lead to consecutive guest-physical ones. */
export interface Mapping {
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly lengthBytes: number;
}

const ENTRY_BYTES = 8;

/** Tables of one address space, at most: page tables that hold themselves have each of them several times. */
const MAX_TABLES = 200_000;

/** Pages and gaps of a range that is looked up, at most: 16 GiB of the smallest. */
const MAX_LOOKS = 4 * 1024 * 1024;

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
   * @throws MappedRamError `limit-exceeded` where there are too many entries; as reading pages does.
   */
  async mappingsBetween(from: bigint, to: bigint): Promise<Mapping[]> {
    const found: Mapping[] = [];
    let looked = 0;
    for (let at = from; at < to; ) {
      if (++looked > MAX_LOOKS) throw tooMany('the range has too many pages');
      const { physicalAddress, lengthBytes } = await this.#look(at);
      const wanted = to - at < BigInt(lengthBytes) ? Number(to - at) : lengthBytes;
      if (physicalAddress !== undefined) append(found, at, physicalAddress, wanted);
      at += BigInt(wanted);
    }
    return found;
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
      const index = Number(BigInt.asUintN(this.#indexBits(level), address >> BigInt(bits)));
      const entry = await this.#entry(table, index, level);
      if (entry?.kind === 'table') table = entry.address;
      else {
        const stretch = { virtualAddress: address, lengthBytes: toEnd(bits) };
        return entry?.kind === 'page'
          ? { ...stretch, physicalAddress: entry.address + BigInt.asUintN(bits, address) }
          : stretch;
      }
    }
    return { virtualAddress: address, lengthBytes: toEnd(format.pageShift) };
  }

  /**
   * Everything that is mapped. Neighbours that lead to neighbours are one mapping.
   *
   * @returns In ascending order of virtual addresses, the lower half first.
   * @throws MappedRamError `limit-exceeded` where there are too many tables; as reading pages does.
   */
  async mappings(): Promise<Mapping[]> {
    const found: Mapping[] = [];
    let tables = 0;
    const walk = async (address: bigint, level: number, base: bigint): Promise<void> => {
      if (++tables > MAX_TABLES) throw tooMany('there are too many page tables');
      const table = await this.#readTable(address, level);
      if (table === undefined) return;
      const shift = BigInt(levelBits(this.format, level));
      for (let index = 0; index < table.byteLength / ENTRY_BYTES; index++) {
        const entry = this.format.entry(table.getBigUint64(index * ENTRY_BYTES, true), level);
        if (entry.kind === 'nothing') continue;
        const virtualAddress = base + (BigInt(index) << shift);
        if (entry.kind === 'table') await walk(entry.address, level - 1, virtualAddress);
        else append(found, this.#extend(virtualAddress), entry.address, Number(1n << shift));
      }
    };
    await walk(this.#root, this.format.levels, 0n);
    return found;
  }

  async #entry(table: bigint, index: number, level: number): Promise<TableEntry | undefined> {
    let view = this.#kept.get(table);
    if (view === undefined) {
      view = await this.#readTable(table, level);
      if (view === undefined) return undefined;
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined && this.#kept.size >= MAX_KEPT_TABLES) this.#kept.delete(oldest);
      this.#kept.set(table, view);
    }
    return this.format.entry(view.getBigUint64(index * ENTRY_BYTES, true), level);
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

function append(
  mappings: Mapping[],
  virtualAddress: bigint,
  physicalAddress: bigint,
  lengthBytes: number,
): void {
  const last = mappings.at(-1);
  const goesOn =
    last !== undefined &&
    last.virtualAddress + BigInt(last.lengthBytes) === virtualAddress &&
    last.physicalAddress + BigInt(last.lengthBytes) === physicalAddress;
  if (goesOn) mappings[mappings.length - 1] = { ...last, lengthBytes: last.lengthBytes + lengthBytes };
  else mappings.push({ virtualAddress, physicalAddress, lengthBytes });
}
