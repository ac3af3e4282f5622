import { MappedRamError } from '@mapped-ram/format';
import type { LinuxGuest } from '../linux-guest.js';
import { decodeAddresses, entryBytes } from './decode-addresses.js';
import { decodeNames } from './decode-names.js';
import { findKallsyms, readKallsyms } from './kallsyms-tables.js';

/** A symbol of the kernel. */
export interface KernelSymbol {
  readonly name: string;
  /** The letter that `nm` has for its type. */
  readonly type: string;
  readonly address: bigint;
}

/** The symbols of a guest's kernel, without those of its modules. They come from the guest. */
export class KernelSymbols {
  readonly #names: readonly string[];
  readonly #addresses: BigUint64Array;
  #byName: Map<string, number> | undefined;

  /** @param names Each behind the letter of its type. */
  constructor(names: readonly string[], addresses: BigUint64Array) {
    this.#names = names;
    this.#addresses = addresses;
  }

  get count(): number {
    return this.#names.length;
  }

  /** In the order of the kernel's table, which is that of their addresses. */
  *[Symbol.iterator](): Generator<KernelSymbol, void, undefined> {
    for (let index = 0; index < this.#names.length; index++) yield this.#at(index);
  }

  /** The first symbol of a name. */
  find(name: string): KernelSymbol | undefined {
    this.#byName ??= this.#index();
    const index = this.#byName.get(name);
    return index === undefined ? undefined : this.#at(index);
  }

  /** The address of a symbol. @throws MappedRamError `unsupported` where there is none */
  address(name: string): bigint {
    const found = this.find(name);
    if (found !== undefined) return found.address;
    throw new MappedRamError('unsupported', {
      what: `the guest’s kernel has no symbol ${name}: it may have been built without CONFIG_KALLSYMS_ALL`,
    });
  }

  #at(index: number): KernelSymbol {
    const name = this.#names[index] as string;
    return { name: name.slice(1), type: name.slice(0, 1), address: this.#addresses[index] as bigint };
  }

  #index(): Map<string, number> {
    const byName = new Map<string, number>();
    for (let index = this.#names.length - 1; index >= 0; index--) {
      byName.set((this.#names[index] as string).slice(1), index);
    }
    return byName;
  }
}

/**
 * Reads the symbols that a kernel has for its own messages (kallsyms; Linux 5.10 and later), without a debug package.
 *
 * @throws MappedRamError `unsupported` where it has none, or they are not understood; as reading pages does.
 */
export async function readSymbols(guest: LinuxGuest): Promise<KernelSymbols> {
  const places = await findKallsyms(guest);
  const names = decodeNames(await readKallsyms(guest, places));
  const start = guest.info.symbol('_stext');
  for (const encoding of places.encodings) {
    const table = await guest.memory.tryRead(encoding.table, places.count * entryBytes(encoding));
    if (table === undefined) continue;
    const symbols = new KernelSymbols(names, decodeAddresses(table, encoding));
    if (symbols.find('_stext')?.address === start) return symbols;
  }
  throw new MappedRamError('unsupported', {
    what: 'the guest’s table of symbols is written in a way that is not known: none of its _stext is where VMCOREINFO has it',
  });
}

/**
 * Symbols as lines of a `System.map`: address, type, name.
 *
 * @param kernelOffset What KASLR has added, and is to be taken off again, as the kernel was linked.
 */
export function* systemMap(symbols: KernelSymbols, kernelOffset = 0n): Generator<string, void, undefined> {
  for (const { name, type, address } of symbols) {
    yield `${linkedAddress(address, kernelOffset).toString(16).padStart(16, '0')} ${type} ${name}\n`;
  }
}

/** The address for which a symbol was linked. Those that are distances, not addresses, are not moved. */
export function linkedAddress(address: bigint, kernelOffset: bigint): bigint {
  return address >= KERNEL_HALF ? address - kernelOffset : address;
}

const KERNEL_HALF = 1n << 63n;
