import { forEachRun } from '@mapped-ram/format/bitmap';

/** Runs that lie closer together than this are read at once: a read costs more than so many bytes. */
const MAX_GAP_BYTES = 32 * 1024;

/**
 * Calls back for the parts of a piece that have to be read for its wanted pages: runs, and short gaps between them.
 *
 * @param bits Page `i` of the batch is bit `i & 7` of byte `i >> 3`; whole 64-bit words.
 * @param first The piece's first page in the batch.
 * @param callback Gets start and end in bytes from the piece's start.
 */
export function readSpans(
  bits: Uint8Array,
  first: number,
  pageCount: number,
  pageSize: number,
  callback: (from: number, to: number) => void,
): void {
  let from = 0;
  let to = 0;
  forEachRun(bits, 'le', first, first + pageCount, (runFirst, runPages) => {
    const runFrom = (runFirst - first) * pageSize;
    if (to > from && runFrom - to > MAX_GAP_BYTES) {
      callback(from, to);
      from = runFrom;
    } else if (to === from) {
      from = runFrom;
    }
    to = runFrom + runPages * pageSize;
  });
  if (to > from) callback(from, to);
}
