import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { MUTEX_BYTES, Mutex } from './mutex.js';

const THREADS = 4;
const TIMES = 5000;

/** Counts in two steps, between which another thread could count too. */
const program = `
  const { workerData } = require('node:worker_threads');
  import(workerData.module).then(({ Mutex }) => {
    const mutex = new Mutex(workerData.memory);
    const count = new Int32Array(workerData.count);
    for (let time = 0; time < ${TIMES}; time++) mutex.run(() => { count[0] = count[0] + 1; });
  });
`;

it('lets one thread at a time in', async () => {
  const count = new SharedArrayBuffer(4);
  const memory = new SharedArrayBuffer(MUTEX_BYTES);
  // Threads run what was built.
  const module = new URL('../dist/mutex.js', import.meta.url).href;
  const workerData = { module, memory, count };
  const threads = Array.from(
    { length: THREADS },
    () => new Worker(program, { eval: true, workerData, execArgv: [] }),
  );
  expect(await Promise.all(threads.map((thread) => once(thread, 'exit')))).toEqual(Array(THREADS).fill([0]));
  expect(new Int32Array(count)[0]).toBe(THREADS * TIMES);
});

it('lets the next one in whatever is thrown', () => {
  const mutex = new Mutex(new SharedArrayBuffer(MUTEX_BYTES));
  const fail = () => {
    throw new Error('no');
  };
  expect(() => mutex.run(fail)).toThrow('no');
  expect(mutex.run(() => 1)).toBe(1);
});
