import { expect, it } from 'vitest';
import { groupIntoSpans } from './page-spans.js';

const PAGE = 4096;

async function group(runs: [number, number][], maxPages: number) {
  const batches = [runs.map(([firstPage, pageCount]) => ({ firstPage, pageCount }))];
  const spans = await collect(groupIntoSpans(batches, PAGE, maxPages));
  return spans.map(({ firstPage, pageCount, runs }) => [
    firstPage,
    pageCount,
    runs.map((run) => [run.firstPage, run.pageCount]),
  ]);
}

it('joins runs that lie close together', async () => {
  expect(
    await group(
      [
        [0, 1],
        [9, 2],
        [100, 1],
      ],
      256,
    ),
  ).toEqual([
    [
      0,
      11,
      [
        [0, 1],
        [9, 2],
      ],
    ],
    [100, 1, [[100, 1]]],
  ]);
});

it('cuts a run that is longer than a span', async () => {
  expect(await group([[5, 10]], 4)).toEqual([
    [5, 4, [[5, 4]]],
    [9, 4, [[9, 4]]],
    [13, 2, [[13, 2]]],
  ]);
});

it('fills a span with the start of the next run', async () => {
  expect(
    await group(
      [
        [0, 3],
        [4, 4],
      ],
      6,
    ),
  ).toEqual([
    [
      0,
      6,
      [
        [0, 3],
        [4, 2],
      ],
    ],
    [6, 2, [[6, 2]]],
  ]);
});

it('starts anew where the next run lies past the span', async () => {
  expect(
    await group(
      [
        [0, 1],
        [8, 1],
      ],
      8,
    ),
  ).toEqual([
    [0, 1, [[0, 1]]],
    [8, 1, [[8, 1]]],
  ]);
});

it('gives nothing for nothing', async () => {
  expect(await group([], 8)).toEqual([]);
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
