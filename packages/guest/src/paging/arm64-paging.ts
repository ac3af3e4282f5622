import type { PagingFormat } from './paging-format.js';

const VALID = 1n;
/** Of a valid entry: at the lowest level a page, above a table; where it is clear, above, a block. */
const TABLE_OR_PAGE = 2n;

const ENTRY_SHIFT = 3;
/** Bits of the output address; without 52-bit addresses, those above 48 are zero (Arm ARM, D8.3). */
const HIGHEST_ADDRESS_BIT = 50n;

/**
 * The kernel's half of the page tables of arm64 (Arm ARM, D8.2 and D8.3: stage 1, TTBR1).
 *
 * @param virtualBits Bits of the kernel's addresses: 64 - TCR_EL1.T1SZ.
 * @param granuleBytes The kernel's page: 4, 16 or 64 KiB.
 */
export function arm64PagingFormat(virtualBits: number, granuleBytes: number): PagingFormat {
  const pageShift = Math.log2(granuleBytes);
  const levelShift = pageShift - ENTRY_SHIFT;
  const levels = Math.ceil((virtualBits - pageShift) / levelShift);
  const mask = (shift: number) => (1n << HIGHEST_ADDRESS_BIT) - (1n << BigInt(shift));
  return {
    pageShift,
    levelShift,
    topShift: virtualBits - pageShift - levelShift * (levels - 1),
    levels,
    upperBits: 'ones',
    entry(value, level) {
      const isTableOrPage = (value & TABLE_OR_PAGE) !== 0n;
      if ((value & VALID) === 0n || (level === 1 && !isTableOrPage)) return { kind: 'nothing' };
      if (level > 1 && isTableOrPage) return { kind: 'table', address: value & mask(pageShift) };
      return { kind: 'page', address: value & mask(pageShift + levelShift * (level - 1)) };
    },
  };
}
