import type { PagingFormat } from './paging-format.js';

const VALID = 1;
/** Of a valid entry: at the lowest level a page, above a table; where it is clear, above, a block. */
const TABLE_OR_PAGE = 2;

const ENTRY_SHIFT = 3;
/** Bits 32 to 49 are of the address; without 52-bit addresses, those from 48 on are zero (Arm ARM, D8.3). */
const HIGH_ADDRESS_MASK = 0x3_ffff;

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
  return {
    pageShift,
    levelShift,
    topShift: virtualBits - pageShift - levelShift * (levels - 1),
    levels,
    upperBits: 'ones',
    highAddressMask: HIGH_ADDRESS_MASK,
    kind(low, level) {
      const isTableOrPage = (low & TABLE_OR_PAGE) !== 0;
      if ((low & VALID) === 0 || (level === 1 && !isTableOrPage)) return 'nothing';
      return level > 1 && isTableOrPage ? 'table' : 'page';
    },
  };
}
