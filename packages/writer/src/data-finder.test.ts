import { describe, expect, it } from 'vitest';
import { DataFinder } from './data-finder.js';

function find(byteOffset: number, bytes: Uint8Array, keepsEnd = false) {
  const finder = new DataFinder();
  // What was there before does not count.
  finder.place(0, 20_000).fill(1);
  const place = finder.place(byteOffset, bytes.length);
  expect(place.length).toBe(bytes.length);
  place.set(bytes);
  return finder
    .pieces(byteOffset, bytes.length, keepsEnd)
    .map((piece) => [piece.byteOffset, piece.bytes.length] as const);
}

function bytesWith(length: number, ...places: number[]): Uint8Array {
  const bytes = new Uint8Array(length);
  for (const place of places) bytes[place] = 1;
  return bytes;
}

describe('the stretches with data', () => {
  it('are whole units of 4 KiB in the file, wherever the bytes start', () => {
    expect(find(0, bytesWith(16_384, 5000))).toEqual([[4096, 4096]]);
    expect(find(100, bytesWith(16_384, 5000))).toEqual([[4096, 4096]]);
    expect(find(4000, bytesWith(10_000, 0, 9_999))).toEqual([
      [4000, 96],
      [12_288, 1712],
    ]);
  });

  it('touch where their units do', () => {
    expect(find(0, bytesWith(16_384, 0, 4096, 12_288))).toEqual([
      [0, 8192],
      [12_288, 4096],
    ]);
  });

  it('are none in zeros, but for the last byte where it is to be kept', () => {
    expect(find(77, bytesWith(9000))).toEqual([]);
    expect(find(77, bytesWith(9000), true)).toEqual([[9076, 1]]);
    expect(find(77, bytesWith(9000, 8999), true)).toEqual([[8192, 885]]);
  });
});

it('a place is never longer than its buffer', () => {
  const finder = new DataFinder();
  expect(finder.place(4095, 10_000_000).length).toBe(1024 * 1024 - 4095);
});
