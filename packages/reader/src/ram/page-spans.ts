import type { PageRun, RunBatch } from './runs.js';

/** Runs that lie closer together than this are read at once: a read costs more than so many bytes. */
const MAX_GAP_BYTES = 32 * 1024;

/** Pages that are read with one read: some runs and what lies between them. */
export interface PageSpan {
  readonly firstPage: number;
  /** From the first run's first page to the last run's last one. */
  readonly pageCount: number;
  readonly runs: readonly PageRun[];
}

/**
 * Groups runs into spans of limited length; a long run is cut.
 *
 * @param maxPages Pages in a span, at most.
 */
export async function* groupIntoSpans(
  batches: AsyncIterable<RunBatch> | Iterable<Iterable<PageRun>>,
  pageSize: number,
  maxPages: number,
): AsyncGenerator<PageSpan, void, undefined> {
  const maxGapPages = MAX_GAP_BYTES / pageSize;
  let runs: PageRun[] = [];
  let spanFirst = 0;
  let spanEnd = 0;
  for await (const batch of batches) {
    for (const run of batch) {
      const runEnd = run.firstPage + run.pageCount;
      for (let first = run.firstPage; first < runEnd; ) {
        const joins = first - spanEnd <= maxGapPages && first - spanFirst < maxPages;
        if (runs.length > 0 && !joins) {
          yield { firstPage: spanFirst, pageCount: spanEnd - spanFirst, runs };
          runs = [];
        }
        if (runs.length === 0) spanFirst = first;
        spanEnd = Math.min(runEnd, spanFirst + maxPages);
        runs.push({ firstPage: first, pageCount: spanEnd - first });
        first = spanEnd;
      }
    }
  }
  if (runs.length > 0) yield { firstPage: spanFirst, pageCount: spanEnd - spanFirst, runs };
}
