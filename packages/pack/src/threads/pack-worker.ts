import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Hand } from './hand.js';
import { END, type Job } from './job.js';
import { takeApart } from './posted-error.js';
import { startJob } from './start-job.js';

const port = parentPort as MessagePort;
const hand = (await startJob(workerData as Job)) as Hand<unknown, unknown>;

port.on('message', (task: unknown) => {
  if (task === END) {
    port.close();
    return;
  }
  try {
    const { result, transfer } = hand.run(task);
    port.postMessage({ result }, transfer ?? []);
  } catch (error) {
    port.postMessage({ error: takeApart(error) });
  }
});
