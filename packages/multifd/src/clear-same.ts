import { clearRange, forEachRun } from '@mapped-ram/format/bitmap';

/** Pages of a batch that lie together. */
export interface PiecePages {
  /** The first one's bit. */
  readonly first: number;
  readonly count: number;
  readonly pageSize: number;
}

/** Clears the bits of those pages that are the same in two pieces of memory. Only pages whose bit is set are looked at. */
export function clearSame(
  a: Uint8Array,
  b: Uint8Array,
  bits: Uint8Array,
  { first, count, pageSize }: PiecePages,
): void {
  const isSame = (page: number, pages: number) => {
    const [from, to] = [(page - first) * pageSize, (page - first + pages) * pageSize];
    // The platform's own comparison, many times as fast as a loop.
    return Buffer.compare(a.subarray(from, to), b.subarray(from, to)) === 0;
  };
  const runs: (readonly [first: number, count: number])[] = [];
  forEachRun(bits, 'le', first, first + count, (start, length) => runs.push([start, length]));
  for (const [start, length] of runs) {
    const end = start + length;
    // Most are the same all over.
    if (isSame(start, length)) clearRange(bits, start, end);
    else for (let page = start; page < end; page++) if (isSame(page, 1)) clearRange(bits, page, page + 1);
  }
}
