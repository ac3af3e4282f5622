import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { ThreadMessage } from '../thread-pool.js';

/** Works on one file. Throws nothing but what an abort does. */
type FileWork<Result> = (path: string, signal: AbortSignal) => Promise<Result>;

/**
 * The whole of a thread that works on one file after another, of a `ThreadPool`.
 *
 * @param prepare Gets what every thread is told once.
 */
export function serveFiles<Setup, Result>(prepare: (setup: Setup) => FileWork<Result>): void {
  const port = parentPort as MessagePort;
  const work = prepare(workerData as Setup);
  const controller = new AbortController();
  const run = async (path: string): Promise<void> => {
    if (controller.signal.aborted) return;
    try {
      port.postMessage(await work(path, controller.signal));
    } catch (error) {
      // Nobody waits for it any more.
      if (!controller.signal.aborted) throw error;
    }
  };
  let last = Promise.resolve();
  port.on('message', (message: ThreadMessage<string>) => {
    if (message !== 'end') {
      const { task } = message;
      last = last.then(() => run(task));
      return;
    }
    controller.abort();
    port.close();
  });
}
