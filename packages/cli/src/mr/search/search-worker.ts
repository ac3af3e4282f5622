/** A thread that searches one part of a snapshot after another. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MappedRamError } from '@mapped-ram/format';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import type { ThreadMessage } from '../../shared/thread-pool.js';
import { patternOf } from './pattern-of.js';
import type { SearchAnswer, SearchPart, SearchSetup } from './search-job.js';
import { searchPart } from './search-part.js';

const port = parentPort as MessagePort;
const { path, open: openOptions, wanted, flags, limit } = workerData as SearchSetup;
const pattern = patternOf(wanted, flags);
const controller = new AbortController();
const { signal } = controller;

async function run(snapshot: Snapshot, part: SearchPart): Promise<void> {
  if (signal.aborted) return;
  try {
    const found = await searchPart(snapshot, part, pattern, limit);
    port.postMessage({ part, found } satisfies SearchAnswer);
  } catch (error) {
    // Everything else is a fault of this code: it ends the thread, which is noticed.
    if (!signal.aborted && !(error instanceof MappedRamError)) throw error;
    port.postMessage({ part } satisfies SearchAnswer);
  }
}

/** Undefined where the file is none that is read as it lies there: whoever started this thread tells why. */
async function open(): Promise<Snapshot | undefined> {
  try {
    const source = await openFileSource(path);
    try {
      return await openSnapshot(source, { ...openOptions, signal });
    } catch (error) {
      await source.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof MappedRamError) return undefined;
    throw error;
  }
}

async function search(): Promise<void> {
  const snapshot = await open();
  let underWay = Promise.resolve();
  await new Promise<void>((resolve) => {
    port.on('message', (message: ThreadMessage<SearchPart>) => {
      if (message === 'end') resolve();
      else if (snapshot === undefined) port.postMessage({ part: message.task } satisfies SearchAnswer);
      else underWay = underWay.then(() => run(snapshot, message.task));
    });
  });
  controller.abort();
  port.close();
  await underWay;
  await snapshot?.close();
}

void search();
