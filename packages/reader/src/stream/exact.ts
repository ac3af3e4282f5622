import type { MappedRam } from '@mapped-ram/format';

/** The exact value of a 64-bit field that the grammar reads in two halves. */
export function exactOf({ high, low }: MappedRam.WideU8): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
