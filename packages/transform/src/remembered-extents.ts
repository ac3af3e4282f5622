import type { Extent } from '@mapped-ram/reader';

/** A source's own list of what is no hole. */
type DataExtents = (fromOffset: number, toOffset: number) => Iterable<Extent>;

/** So many extents are remembered, with 16 bytes each. */
const MOST_EXTENTS = 256 * 1024;

/**
 * Where a file's holes are, looked up once: a snapshot that is made into another is gone through several times, and each extent takes two
 * calls to the system. Extents beyond those that are remembered are looked up each time. For a file that nobody writes to meanwhile.
 *
 * @param sizeBytes Of the file.
 */
export function rememberExtents(
  dataExtents: DataExtents,
  sizeBytes: number,
  mostExtents = MOST_EXTENTS,
): DataExtents {
  const starts: number[] = [];
  const ends: number[] = [];
  let lookUp: Iterator<Extent> | undefined;

  /** Remembers one more; false where there is none, or no room. */
  function rememberNext(): boolean {
    if (starts.length === mostExtents) return false;
    lookUp ??= dataExtents(ends.at(-1) ?? 0, sizeBytes)[Symbol.iterator]();
    const iterator = lookUp;
    // One that fails has come to its end: the next call begins anew.
    lookUp = undefined;
    const { done, value } = iterator.next();
    lookUp = iterator;
    if (done === true) return false;
    starts.push(value.byteOffset);
    ends.push(value.byteOffset + value.lengthBytes);
    return true;
  }

  return function* extents(fromOffset, toOffset) {
    if (fromOffset >= toOffset) return;
    let index = firstAbove(ends, fromOffset);
    for (;;) {
      if (index === starts.length && !rememberNext()) break;
      const start = starts[index] as number;
      const end = ends[index] as number;
      index++;
      if (end <= fromOffset) continue;
      if (start >= toOffset) return;
      const byteOffset = Math.max(start, fromOffset);
      yield { byteOffset, lengthBytes: Math.min(end, toOffset) - byteOffset };
      if (end >= toOffset) return;
    }
    const from = Math.max(fromOffset, ends.at(-1) ?? 0);
    if (starts.length === mostExtents && from < toOffset) yield* dataExtents(from, toOffset);
  };
}

/** The index of the first of ascending numbers that is greater than one; their count where none is. */
function firstAbove(numbers: readonly number[], one: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) > one) high = middle;
    else low = middle + 1;
  }
  return low;
}
