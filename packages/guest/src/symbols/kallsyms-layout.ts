import type { AddressEncoding } from './decode-addresses.js';

/** No kernel has more symbols: some 250,000 with everything in it. */
export const MAX_SYMBOLS = 2 ** 22;

/** A marker tells where every so manieth name is. */
export const NAMES_PER_MARKER = 256;

/** Names are made of so many tokens. */
export const TOKENS = 256;

/** Where a kernel has the tables of its symbols, by virtual address (Linux: scripts/kallsyms.c). */
export interface KallsymsPlaces {
  readonly count: number;
  readonly names: bigint;
  readonly tokenTable: bigint;
  readonly tokenIndex: bigint;
  /** Ways in which addresses may be written, of which one leads to the known symbols. */
  readonly encodings: readonly AddressEncoding[];
}

/** A kernel's symbol table, as it is in memory: names in pieces, each of which is a token. */
export interface KallsymsTables {
  readonly count: number;
  /** The names, and what lies behind them. */
  readonly names: Uint8Array;
  readonly tokenTable: Uint8Array;
  /** Where each of the 256 tokens begins. */
  readonly tokenIndex: Uint16Array;
}
