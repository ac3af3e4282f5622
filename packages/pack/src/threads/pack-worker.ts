import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MappedRamError } from '@mapped-ram/format/errors';
import { takeErrorApart } from '@mapped-ram/posix';
import type { Hand } from './hand.js';
import { END, type Job, READY } from './job.js';
import { startJob } from './start-job.js';

const port = parentPort as MessagePort;
function answer(hand: Hand<unknown, unknown>, task: unknown): void {
  try {
    const result = hand.run(task);
    const kept = hand.keep?.(result);
    port.postMessage({ result: kept?.result ?? result }, kept?.transfer ?? []);
  } catch (error) {
    // Anything else is a fault of this code: it ends the thread, which is noticed.
    if (!(error instanceof MappedRamError)) throw error;
    port.postMessage({ error: takeErrorApart(error) });
  }
}

async function work(): Promise<void> {
  const hand = (await startJob(workerData as Job)) as Hand<unknown, unknown>;
  port.on('message', (task: unknown) => {
    if (task === END) port.close();
    else answer(hand, task);
  });
  port.postMessage(READY);
}

void work();
