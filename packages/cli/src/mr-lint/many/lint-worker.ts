/** A thread that checks one file after another. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { sourceOpener } from '../../shared/open-source.js';
import { lintFile } from '../lint-file.js';
import { END, type LintJob, type LintJobDone, type LintWorkerSetup } from './lint-job.js';

const port = parentPort as MessagePort;
const { options, snapshot } = workerData as LintWorkerSetup;
const openSource = sourceOpener(snapshot);

const controller = new AbortController();

async function run({ number, path }: LintJob): Promise<void> {
  try {
    const { signal } = controller;
    const result = await lintFile(path, { ...options, signal }, undefined, openSource);
    port.postMessage({ number, result } satisfies LintJobDone);
  } catch (error) {
    // Nobody waits for it any more.
    if (!controller.signal.aborted) throw error;
  }
}

port.on('message', (job: LintJob | typeof END) => {
  if (job !== END) {
    void run(job);
    return;
  }
  controller.abort();
  port.close();
});
