import { expect, it } from 'vitest';
import { compare } from './comparison.js';
import { spreadOf } from './spread.js';
import { formatTable } from './table.js';

it('tells the middle and both ends', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 });
  expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5);
  expect(spreadOf([]).median).toBeNaN();
});

it('holds each run against the one of the peer beside it', () => {
  const runs = (...seconds: number[]) => seconds.map((each) => ({ seconds: each, cpuSeconds: each / 2 }));
  const figures = [
    { name: 'ours', seconds: 2, cpuSeconds: 1, runs: runs(1, 2, 4), peakBytes: 3 * 2 ** 20 },
    { name: 'theirs', seconds: 4, cpuSeconds: 2, runs: runs(4, 4, 4) },
  ];
  const [ours, theirs] = compare(figures);
  expect(ours?.speed).toEqual({ min: 1, median: 2, max: 4 });
  expect(theirs?.speed).toBeUndefined();
  const lines = formatTable(compare(figures)).split('\n');
  expect(lines[0]).toMatch(
    /ours +2\.000 s \(1\.000-4\.000\) +1\.00 s of processor +3 MiB {2}200% of its speed \(100%-400%\)/,
  );
  expect(lines[1]).toMatch(/ peer$/);
});
