import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PatternLiteral } from '@mapped-ram/guest';
import type { Snapshot } from '@mapped-ram/reader';
import { channelsPay } from '../../shared/channels-pay.js';
import { ThreadPool } from '../../shared/thread-pool.js';
import { searchByLiteral } from './search-by-literal.js';
import type { PartFound, SearchAnswer, SearchPart, SearchSetup } from './search-job.js';

/** Parts that are done before those in front of them, by thread. */
const AHEAD = 4;

/** Starting a thread takes about as long as searching so much for an expression without a text in it. Reading goes on beside the search in any case. */
const BYTES_BY_THREAD = 512 * 1024 ** 2;

/** How parts are searched. */
export interface PartSearch {
  readonly setup: SearchSetup;
  /** Whether pages lie in the file where the snapshot says: those of a classic stream do not. */
  readonly inPlace: boolean;
  /** Threads; where it is undefined, what there is to search and the machine decide. */
  readonly channels: number | undefined;
  /** Of all parts, in pages that are set. */
  readonly totalBytes: number;
  /** As the pattern has it. */
  readonly literal: PatternLiteral | undefined;
  /** Searches a part in this thread: also again where another cannot, since what is wrong is met here, where it can be told. */
  searchHere(part: SearchPart): Promise<PartFound>;
  readonly signal: AbortSignal;
}

/**
 * Searches parts of a file, by threads where they are worth it, and gives what is found in the order of the parts.
 *
 * @throws What `searchHere` throws; the signal's reason.
 */
export async function* searchParts(
  snapshot: Snapshot,
  parts: Iterable<SearchPart>,
  { setup, inPlace, channels, totalBytes, literal, searchHere, signal }: PartSearch,
): AsyncGenerator<PartFound, void, undefined> {
  const { path, limit } = setup;
  const pays = (wanted: number | undefined): boolean =>
    inPlace && channelsPay(path, { directIo: false, ...(wanted !== undefined && { channels: wanted }) });
  if (literal !== undefined && pays(channels)) {
    yield* searchByLiteral(snapshot, parts, { path, channels, literal, limit, searchHere, signal });
    return;
  }
  const count = channels ?? Math.min(availableParallelism(), Math.floor(totalBytes / BYTES_BY_THREAD));
  if (literal === undefined && count > 1 && pays(count)) {
    const program = new URL('./search-worker.js', import.meta.url);
    const pool = new ThreadPool<SearchPart, SearchAnswer>({ program, setup, count, ahead: AHEAD });
    try {
      for await (const { part, found } of pool.results(parts, signal))
        yield found ?? (await searchHere(part));
    } finally {
      await pool.close();
    }
    return;
  }
  for (const part of parts) {
    // In an empty part nothing is waited for; a signal has to come through.
    await nextTurn();
    signal.throwIfAborted();
    yield await searchHere(part);
  }
}
