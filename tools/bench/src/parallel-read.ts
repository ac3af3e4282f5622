/** The peer of a deep run with channels: `CHANNELS FILE...`, read by that many threads, each its part, 1 MiB at a time. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const PIECE_BYTES = 1 << 20;

interface Part {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

function readPart({ path, from, to }: Part): void {
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  const file = openSync(path, 'r');
  for (let at = from; at < to; at += PIECE_BYTES)
    readSync(file, buffer, 0, Math.min(PIECE_BYTES, to - at), at);
  closeSync(file);
}

if (isMainThread) {
  const [channels, ...paths] = process.argv.slice(2);
  for (const path of paths) {
    const length = statSync(path).size / Number(channels);
    const threads = Array.from({ length: Number(channels) }, (_, index) => {
      const part: Part = { path, from: Math.floor(index * length), to: Math.floor((index + 1) * length) };
      return new Worker(new URL(import.meta.url), { workerData: part, execArgv: [] });
    });
    await Promise.all(threads.map((thread) => new Promise((resolve) => thread.on('exit', resolve))));
  }
} else {
  readPart(workerData as Part);
}
