import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { channelsPay } from '../../shared/channels-pay.js';
import { ThreadPool } from '../../shared/thread-pool.js';
import type { PartFound, SearchAnswer, SearchPart, SearchSetup } from './search-job.js';

/** Parts that are done before those in front of them, by thread. */
const AHEAD = 4;

/** How parts are searched. */
export interface PartSearch {
  readonly setup: SearchSetup;
  /** Threads; where it is undefined, the file's size and the machine decide. */
  readonly channels: number | undefined;
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
  parts: Iterable<SearchPart>,
  { setup, channels, searchHere, signal }: PartSearch,
): AsyncGenerator<PartFound, void, undefined> {
  const reading = { directIo: false, ...(channels !== undefined && { channels }) };
  if (channelsPay(setup.path, reading)) {
    const program = new URL('./search-worker.js', import.meta.url);
    const count = channels ?? availableParallelism();
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
