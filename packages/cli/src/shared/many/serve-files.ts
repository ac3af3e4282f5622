import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { END, type FileJob, type FileJobDone } from './file-job.js';

/** Works on one file. Throws nothing but what an abort does. */
type FileWork<Result> = (path: string, signal: AbortSignal) => Promise<Result>;

/**
 * The whole of a thread that works on one file after another, of a `FilePool`.
 *
 * @param prepare Gets what every thread is told once.
 */
export function serveFiles<Setup, Result>(prepare: (setup: Setup) => FileWork<Result>): void {
  const port = parentPort as MessagePort;
  const work = prepare(workerData as Setup);
  const controller = new AbortController();
  const run = async ({ number, path }: FileJob): Promise<void> => {
    try {
      const result = await work(path, controller.signal);
      port.postMessage({ number, result } satisfies FileJobDone<Result>);
    } catch (error) {
      // Nobody waits for it any more.
      if (!controller.signal.aborted) throw error;
    }
  };
  port.on('message', (job: FileJob | typeof END) => {
    if (job !== END) {
      void run(job);
      return;
    }
    controller.abort();
    port.close();
  });
}
