import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { channelsPay } from '../../shared/channels-pay.js';
import { SearchCrew, type SearchOne } from './search-crew.js';
import type { PartFound, SearchPart, SearchSetup } from './search-job.js';

/** How parts are searched. */
export interface PartSearch {
  readonly setup: SearchSetup;
  /** Threads; where it is undefined, the file's size and the machine decide. */
  readonly channels: number | undefined;
  readonly searchHere: SearchOne;
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
    const crew = new SearchCrew(channels ?? availableParallelism(), setup, searchHere);
    try {
      yield* crew.search(parts, signal);
    } finally {
      await crew.close();
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
