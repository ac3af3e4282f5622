import { MappedRamError } from '@mapped-ram/format';
import type { LinuxGuest } from '../linux-guest.js';
import { bytePattern } from '../search/pattern.js';
import { nameLength } from './decode-names.js';
import { type KallsymsPlaces, MAX_SYMBOLS, NAMES_PER_MARKER, TOKENS } from './kallsyms-layout.js';

/** How far behind the start of the kernel's code its tables are, at most. */
const MAX_IMAGE_BYTES = 128 * 1024 * 1024;

const ALIGNMENT = 8;
const DIGIT_ZERO = 0x30;

/** What the last group of names can have: each at most 127 tokens, and its length. */
const MAX_GROUP_BYTES = NAMES_PER_MARKER * 128;

/** Digits stand in so many names that each is a token of its own, and its number is its code. */
const DIGITS = bytePattern(
  Uint8Array.from({ length: 21 }, (_, at) => (at % 2 === 0 ? 0 : DIGIT_ZERO + (at >> 1))),
);

/**
 * Finds the tables of a kernel that does not tell where they are (before Linux 6.0): addresses, the number of symbols, names, markers (one for
 * each 256 names), tokens and their index, one behind the other (scripts/kallsyms.c, `write_src`).
 *
 * @throws MappedRamError `unsupported` where they are not found.
 */
export async function scanKallsyms({ info, memory }: LinuxGuest): Promise<KallsymsPlaces> {
  const start = info.symbol('_stext');
  const mappings = await memory.tables.mappingsBetween(start, start + BigInt(MAX_IMAGE_BYTES));
  for (const { virtualAddress, lengthBytes } of mappings) {
    const bytes = await memory.tryRead(virtualAddress, lengthBytes);
    if (bytes === undefined) continue;
    let found: KallsymsPlaces | undefined;
    DIGITS.find(bytes, 0, bytes.length, (at) => {
      found ??= new Image(bytes, virtualAddress).tablesAround(at);
    });
    if (found !== undefined) return found;
  }
  throw new MappedRamError('unsupported', {
    what: 'the guest’s VMCOREINFO has no SYMBOL(kallsyms_names), and no table of symbols was found in its kernel',
  });
}

/** A stretch of a kernel's image. */
class Image {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #address: bigint;

  constructor(bytes: Uint8Array, address: bigint) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#address = address;
  }

  /** @param digits Where the NUL is before the token `0` */
  tablesAround(digits: number): KallsymsPlaces | undefined {
    const tokenTable = this.#back(digits, DIGIT_ZERO);
    if (tokenTable === undefined) return undefined;
    const tokenIndex = this.#tokenIndex(tokenTable);
    if (tokenIndex === undefined) return undefined;
    const markers = this.#markers(tokenTable);
    const names = markers && this.#names(markers.at, markers.offsets);
    if (names === undefined) return undefined;
    const relative = names.at - 2 * ALIGNMENT;
    const base = this.#view.getBigUint64(relative, true);
    const table = this.#address + BigInt(aligned(relative - 4 * names.count, 'down'));
    return {
      count: names.count,
      names: this.#address + BigInt(names.at),
      tokenTable: this.#address + BigInt(tokenTable),
      tokenIndex: this.#address + BigInt(tokenIndex),
      encodings: [
        { kind: 'base-relative', table, base },
        { kind: 'absolute-percpu', table, base },
        { kind: 'absolute', table: this.#address + BigInt(names.at - ALIGNMENT * (names.count + 1)) },
      ],
    };
  }

  /** The start of a token so many before the one that ends at a NUL. */
  #back(nul: number, tokens: number): number | undefined {
    let at = nul;
    for (let token = 0; token < tokens; token++) {
      at = this.#bytes.lastIndexOf(0, at - 1);
      if (at <= 0) return undefined;
    }
    return aligned(at + 1, 'down') === at + 1 ? at + 1 : undefined;
  }

  /** The index behind a table of tokens, which must be its own. */
  #tokenIndex(tokenTable: number): number | undefined {
    const starts: number[] = [];
    let at = tokenTable;
    for (let token = 0; token < TOKENS; token++) {
      starts.push(at - tokenTable);
      at = this.#bytes.indexOf(0, at) + 1;
      if (at === 0) return undefined;
    }
    const index = aligned(at, 'up');
    if (index + 2 * TOKENS > this.#bytes.length) return undefined;
    return starts.every((start, token) => this.#view.getUint16(index + 2 * token, true) === start)
      ? index
      : undefined;
  }

  /** The offsets of groups of names, which end at a table of tokens. */
  #markers(tokenTable: number): { at: number; offsets: number[] } | undefined {
    const read = (at: number) => (at >= 0 ? this.#view.getUint32(at, true) : 0);
    let at = tokenTable - 4;
    if (read(at) === 0) at -= 4;
    const offsets: number[] = [];
    for (let next = Number.POSITIVE_INFINITY; ; at -= 4) {
      const offset = read(at);
      if (offset >= next || offsets.length > MAX_SYMBOLS / NAMES_PER_MARKER) return undefined;
      offsets.unshift(offset);
      if (offset === 0) return { at, offsets };
      next = offset;
    }
  }

  /** Names that fit their markers, with their number before them. */
  #names(markers: number, offsets: readonly number[]): { at: number; count: number } | undefined {
    const last = markers - (offsets.at(-1) as number);
    const first = Math.max(2 * ALIGNMENT, last - MAX_GROUP_BYTES);
    for (let at = aligned(last, 'down'); at >= first; at -= ALIGNMENT) {
      const count = this.#view.getUint32(at - ALIGNMENT, true);
      if (Math.ceil(count / NAMES_PER_MARKER) !== offsets.length) continue;
      if (this.#fits(at, count, offsets, markers)) return { at, count };
    }
    return undefined;
  }

  #fits(names: number, count: number, offsets: readonly number[], end: number): boolean {
    let at = names;
    for (let name = 0; name < count; name++) {
      if (name % NAMES_PER_MARKER === 0 && at - names !== offsets[name / NAMES_PER_MARKER]) return false;
      const { length, next } = nameLength(this.#bytes, at);
      at = next + length;
      if (at > end) return false;
    }
    return aligned(at, 'up') === end;
  }
}

function aligned(offset: number, direction: 'up' | 'down'): number {
  return ALIGNMENT * (direction === 'up' ? Math.ceil(offset / ALIGNMENT) : Math.floor(offset / ALIGNMENT));
}
