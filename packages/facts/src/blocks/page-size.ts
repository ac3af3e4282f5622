import { Limits } from '@mapped-ram/format';
import type { StreamModel } from '@mapped-ram/reader';

/** What most targets have, x86 among them. */
const USUAL_PAGE_BYTES = 4096;

/**
 * The page size of a destination that fits the file, in bytes. The stream says it in several places: the
 * configuration's target-page-bits, the vmdescription, and every block's header, of which the most frequent counts.
 */
export function destinationPageSize({ configuration, vmdescription, ramBlocks }: StreamModel): number {
  const stated = [
    2 ** (configuration?.targetPageBits ?? 0),
    vmdescription?.json?.page_size ?? 0,
    mostFrequent(ramBlocks.map(({ pageSize }) => pageSize).filter(isPageSize)),
  ];
  return stated.find(isPageSize) ?? USUAL_PAGE_BYTES;
}
/** Whether any QEMU target can have such a page. */
export function isPageSize(bytes: number | undefined): bytes is number {
  if (bytes === undefined || bytes < Limits.minPageSizeBytes || bytes > Limits.maxPageSizeBytes) return false;
  return Number.isInteger(Math.log2(bytes));
}

/** Of two that are as frequent the first. */
function mostFrequent(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: number | undefined;
  for (const [value, count] of counts) if (count > (counts.get(best ?? Number.NaN) ?? 0)) best = value;
  return best;
}
