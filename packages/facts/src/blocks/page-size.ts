import { isPageSize } from '@mapped-ram/format';
import type { StreamModel } from '@mapped-ram/reader';

/** What most targets have, x86 among them. */
const USUAL_PAGE_BYTES = 4096;

/**
 * The page size of a destination that fits the file, in bytes. The stream says it in several places: the
 * configuration's target-page-bits, the vmdescription, and every block's header, of which the most frequent counts.
 */
export function destinationPageSize({ configuration, vmdescription, ramBlocks }: StreamModel): number {
  const stated: readonly (number | undefined)[] = [
    2 ** (configuration?.targetPageBits ?? 0),
    vmdescription?.json?.page_size ?? 0,
    mostFrequent(ramBlocks.map(({ pageSize }) => pageSize).filter(isPageSize)),
  ];
  return stated.find((bytes) => bytes !== undefined && isPageSize(bytes)) ?? USUAL_PAGE_BYTES;
}

/** Of two that are as frequent the first. */
function mostFrequent(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: number | undefined;
  for (const [value, count] of counts) if (count > (counts.get(best ?? Number.NaN) ?? 0)) best = value;
  return best;
}
