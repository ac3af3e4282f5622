import type { Extent } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { rememberExtents } from './remembered-extents.js';

const SIZE = 1000;
const EXTENTS: readonly (readonly [from: number, to: number])[] = [
  [10, 20],
  [30, 31],
  [31, 50],
  [400, 600],
  [990, 1000],
];

/** What a file says of its holes, and how many extents it was asked for. */
function fileWithHoles() {
  let asked = 0;
  function* dataExtents(fromOffset: number, toOffset: number): Iterable<Extent> {
    for (const [start, end] of EXTENTS) {
      const [from, to] = [Math.max(start, fromOffset), Math.min(end, toOffset)];
      if (from >= to) continue;
      asked++;
      yield { byteOffset: from, lengthBytes: to - from };
    }
  }
  return { dataExtents, asked: () => asked };
}

const RANGES = [0, 5, 10, 15, 20, 30, 31, 40, 50, 399, 500, 600, 990, 1000].flatMap((from, index, all) =>
  all.slice(index).map((to) => [from, to] as const),
);

it.each([0, 1, 3, 5, 100])('says of every range what the file says, with room for %s', (most) => {
  const { dataExtents } = fileWithHoles();
  const once = rememberExtents(dataExtents, SIZE, most);
  for (const ranges of [RANGES, RANGES.toReversed()]) {
    for (const [from, to] of ranges) {
      expect([...once(from, to)], `${from} to ${to}`).toEqual([...dataExtents(from, to)]);
    }
  }
});

it('asks for each extent once, also where two go through them side by side', () => {
  const { dataExtents, asked } = fileWithHoles();
  const once = rememberExtents(dataExtents, SIZE);
  const all = [...dataExtents(0, SIZE)];
  const before = asked();
  const found: Extent[] = [];
  for (const extent of once(0, SIZE)) {
    found.push(extent);
    for (const inner of once(0, SIZE)) if (inner.byteOffset > extent.byteOffset) break;
  }
  expect(found).toEqual(all);
  expect([...once(0, SIZE)]).toEqual(all);
  expect(asked() - before).toBe(EXTENTS.length);
});

it('begins anew where the file could not be asked', () => {
  const { dataExtents } = fileWithHoles();
  let isGood = true;
  const once = rememberExtents(function* (from, to) {
    for (const extent of dataExtents(from, to)) {
      if (!isGood) throw new Error('EIO');
      yield extent;
    }
  }, SIZE);
  const [first] = once(0, SIZE);
  expect(first).toEqual({ byteOffset: 10, lengthBytes: 10 });
  isGood = false;
  expect(() => [...once(0, SIZE)]).toThrow('EIO');
  isGood = true;
  expect([...once(0, SIZE)]).toEqual([...dataExtents(0, SIZE)]);
});
