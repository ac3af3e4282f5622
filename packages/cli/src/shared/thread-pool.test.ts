import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ThreadPool, type WorkHere } from './thread-pool.js';

const program = (source: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (message) => message === 'end' && parentPort.close());
    ${source}`)}`,
  );

/** Answers each task with the task. */
const echo = program(`parentPort.on('message', ({ task }) => parentPort.postMessage(task));`);
const numbers = Array.from({ length: 100 }, (_, index) => index);
const never = new AbortController().signal;

let pool: ThreadPool<number, number> | undefined;
afterEach(() => pool?.close());

function start(source: URL, workHere?: WorkHere<number, number>): ThreadPool<number, number> {
  pool = new ThreadPool<number, number>({ program: source, setup: {}, count: 2, ahead: 4, workHere });
  return pool;
}

async function all(results: AsyncIterable<number>): Promise<number[]> {
  const found: number[] = [];
  for await (const result of results) found.push(result);
  return found;
}

it('gives the results in the order of the tasks', async () => {
  expect(await all(start(echo).results(numbers, never))).toEqual(numbers);
});

describe('the calling thread', () => {
  it('works on tasks too, one at a time, and the order is the same', async () => {
    const here: number[] = [];
    let atOnce = 0;
    const workHere = async (task: number) => {
      expect(++atOnce).toBe(1);
      here.push(task);
      await Promise.resolve();
      atOnce--;
      return task;
    };
    expect(await all(start(echo, workHere).results(numbers, never))).toEqual(numbers);
    // The others have one each before it takes any.
    expect(here[0]).toBe(2);
  });

  it('ends what it is at when the pool is closed, which waits for that', async () => {
    let ended = false;
    const workHere = async (_: number, signal: AbortSignal) => {
      await once(signal, 'abort');
      await nextTurn();
      ended = true;
      signal.throwIfAborted();
      return 0;
    };
    const asleep = start(program(''), workHere);
    const results = all(asleep.results(numbers, never));
    const failing = expect(results).rejects.toThrow('the threads were ended');
    await nextTurn();
    await asleep.close();
    expect(ended).toBe(true);
    await failing;
  });

  it('fails as a thread does', async () => {
    const workHere = () => Promise.reject(new Error('no idea'));
    await expect(all(start(program(''), workHere).results(numbers, never))).rejects.toThrow('no idea');
  });
});

it.each([
  ['ends though it has work', 'parentPort.once("message", () => process.exit(0));', 'status 0'],
  ['ends before it has any', 'process.exit(3);', 'status 3'],
  ['throws', 'parentPort.once("message", () => { throw new Error("no idea"); });', 'no idea'],
])('a thread that %s is a failure, and nothing is taken for done', async (_, source, reason) => {
  await expect(all(start(program(source)).results(numbers, never))).rejects.toThrow(reason);
});

it('an abort ends what is under way with its reason', async () => {
  const controller = new AbortController();
  const results = all(start(program('')).results(numbers, controller.signal));
  controller.abort(new Error('enough'));
  await expect(results).rejects.toThrow('enough');
});
