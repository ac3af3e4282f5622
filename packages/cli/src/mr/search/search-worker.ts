/** A thread that searches one part of a snapshot after another. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MappedRamError } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import { sourceOpener } from '../../shared/open-source.js';
import type { ThreadMessage } from '../../shared/thread-pool.js';
import { withSnapshotFile } from '../snapshot-file.js';
import { patternOf } from './pattern-of.js';
import type { SearchAnswer, SearchPart, SearchSetup } from './search-job.js';
import { searchPart } from './search-part.js';

const port = parentPort as MessagePort;
const { path, open, wanted, flags, limit } = workerData as SearchSetup;
const pattern = patternOf(wanted, flags);
const controller = new AbortController();
const { signal } = controller;

async function run(snapshot: Snapshot, part: SearchPart): Promise<void> {
  try {
    const found = await searchPart(snapshot, part, pattern, limit);
    port.postMessage({ part, found } satisfies SearchAnswer);
  } catch (error) {
    // Everything else is a fault of this code: it ends the thread, which is noticed.
    if (!signal.aborted && !(error instanceof MappedRamError)) throw error;
    port.postMessage({ part } satisfies SearchAnswer);
  }
}

await withSnapshotFile(
  path,
  { ...open, openSource: sourceOpener(undefined), signal },
  async ({ snapshot }) => {
    let underWay: Promise<void> | undefined;
    await new Promise<void>((resolve) => {
      port.on('message', (message: ThreadMessage<SearchPart>) => {
        if (message === 'end') resolve();
        else underWay = run(snapshot, message.task);
      });
    });
    controller.abort();
    port.close();
    await underWay;
  },
);
