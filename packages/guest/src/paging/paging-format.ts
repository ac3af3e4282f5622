/** What an entry of a page table leads to: a table of the next level below, a page of the level's size, or nothing. */
export type EntryKind = 'nothing' | 'table' | 'page';

/** How an architecture's page tables translate addresses. */
export interface PagingFormat {
  /** Bits of an address that select a byte of the smallest page. */
  readonly pageShift: number;
  /** Bits of an address that select an entry of a table; a table is a page of 8-byte entries. */
  readonly levelShift: number;
  /** Bits that select an entry of the topmost table, where it has fewer. */
  readonly topShift: number;
  /** Levels of tables; level 1 has the smallest pages. */
  readonly levels: number;
  /** What the bits above those that are translated must be: `sign`, all like the uppermost one of these; or all of them so. */
  readonly upperBits: 'sign' | 'ones' | 'zeros';
  /** Of the upper half of an entry, the bits that are part of an address. Of the lower half these are the bits from 12 on. */
  readonly highAddressMask: number;
  /** What an entry of a level leads to. @param low Its lower 32 bits */
  kind(low: number, level: number): EntryKind;
}

/** Bits of a virtual address that are translated. */
export function addressBits({ pageShift, levelShift, topShift, levels }: PagingFormat): number {
  return pageShift + levelShift * (levels - 1) + topShift;
}

/** Bits of a virtual address that select a byte of a page of a level. */
export function levelBits({ pageShift, levelShift }: PagingFormat, level: number): number {
  return pageShift + levelShift * (level - 1);
}
