import { expect, it } from 'vitest';
import { readSpans } from './read-spans.js';

function spansOf(pages: readonly number[], first: number, count: number): [number, number][] {
  const bits = new Uint8Array(64);
  for (const page of pages) bits[page >> 3] = (bits[page >> 3] ?? 0) | (1 << (page & 7));
  const spans: [number, number][] = [];
  readSpans(bits, first, count, 4096, (from, to) => spans.push([from / 4096, to / 4096]));
  return spans;
}

it('nothing is read for no page', () => {
  expect(spansOf([7, 24], 8, 16)).toEqual([]);
});

it('a run is one span, counted from the start of the piece', () => {
  expect(spansOf([16, 17, 18], 16, 16)).toEqual([[0, 3]]);
});

it('a gap of 32 KiB is read over, a longer one is not', () => {
  expect(spansOf([0, 9], 0, 64)).toEqual([[0, 10]]);
  expect(spansOf([0, 10, 12], 0, 64)).toEqual([
    [0, 1],
    [10, 13],
  ]);
});
