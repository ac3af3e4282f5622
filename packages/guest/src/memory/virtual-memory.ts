import { MappedRamError } from '@mapped-ram/format';
import type { PageTables } from '../paging/page-tables.js';
import type { PhysicalMemory } from './physical-memory.js';

const MAX_STRING_BYTES = 4096;

/** A guest's memory by virtual address. Little-endian, as all guests are that are understood. */
export class VirtualMemory {
  readonly tables: PageTables;
  readonly #physical: PhysicalMemory;

  constructor(physical: PhysicalMemory, tables: PageTables) {
    this.#physical = physical;
    this.tables = tables;
  }

  /**
   * Reads some bytes.
   *
   * @returns A copy; undefined where not all of them are mapped to memory that is in the snapshot.
   * @throws MappedRamError as reading pages does.
   */
  async tryRead(address: bigint, lengthBytes: number): Promise<Uint8Array | undefined> {
    const pieces: { physicalAddress: bigint; lengthBytes: number }[] = [];
    for (let at = 0; at < lengthBytes; ) {
      const mapping = await this.tables.translate(address + BigInt(at));
      if (mapping === undefined) return undefined;
      const { physicalAddress } = mapping;
      const pieceBytes = Math.min(mapping.lengthBytes, lengthBytes - at);
      const last = pieces.at(-1);
      if (last !== undefined && last.physicalAddress + BigInt(last.lengthBytes) === physicalAddress)
        last.lengthBytes += pieceBytes;
      else pieces.push({ physicalAddress, lengthBytes: pieceBytes });
      at += pieceBytes;
    }
    const [only] = pieces;
    if (only !== undefined && pieces.length === 1)
      return this.#physical.read(only.physicalAddress, lengthBytes);
    const bytes = new Uint8Array(lengthBytes);
    let at = 0;
    for (const piece of pieces) {
      const part = await this.#physical.read(piece.physicalAddress, piece.lengthBytes);
      if (part === undefined) return undefined;
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /**
   * Reads some bytes that have to be there.
   *
   * @param what What they are, for the message.
   * @throws MappedRamError `unsupported` where they are not; as reading pages does.
   */
  async read(address: bigint, lengthBytes: number, what: string): Promise<DataView> {
    const bytes = await this.tryRead(address, lengthBytes);
    if (bytes !== undefined) return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    throw new MappedRamError('unsupported', {
      what: `the guest has no memory at 0x${BigInt.asUintN(64, address).toString(16)}, where ${what} should be`,
    });
  }

  /** A 64-bit number or pointer. @throws MappedRamError as {@link read} does */
  async u64(address: bigint, what: string): Promise<bigint> {
    return (await this.read(address, 8, what)).getBigUint64(0, true);
  }

  /** A 32-bit number. @throws MappedRamError as {@link read} does */
  async u32(address: bigint, what: string): Promise<number> {
    return (await this.read(address, 4, what)).getUint32(0, true);
  }

  /**
   * Text up to the first NUL, as UTF-8; what is not is replaced.
   *
   * @param maxBytes The most that it can have, up to 4096.
   * @throws MappedRamError as {@link read} does.
   */
  async text(address: bigint, maxBytes: number, what: string): Promise<string> {
    const view = await this.read(address, Math.min(maxBytes, MAX_STRING_BYTES), what);
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
  }
}
