import { describe, expect, it } from 'vitest';
import {
  anySet,
  clearRange,
  complement,
  countSet,
  countTailBits,
  findSet,
  forEachRun,
  getBit,
  guessWordOrder,
  hasSameBits,
  isClear,
  keepCommon,
  RunJoiner,
  setRange,
  type WordOrder,
} from './bitmap.js';

type Run = [firstPage: number, pageCount: number];

const orders: readonly WordOrder[] = ['le', 'be'];

/** A bitmap from a list of bits, in the slowest and plainest way. */
function bitmapOf(bits: readonly boolean[], order: WordOrder): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 64) * 8);
  const view = new DataView(bytes.buffer);
  bits.forEach((bit, page) => {
    if (!bit) return;
    const word = Math.floor(page / 64) * 8;
    const value = view.getBigUint64(word, order === 'le') | (1n << BigInt(page % 64));
    view.setBigUint64(word, value, order === 'le');
  });
  return bytes;
}

function runsOf(bits: readonly boolean[], from: number, to: number): Run[] {
  const runs: Run[] = [];
  for (let page = from; page < to; page++) {
    if (bits[page] !== true) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === page) last[1]++;
    else runs.push([page, 1]);
  }
  return runs;
}

function collectRuns(bytes: Uint8Array, order: WordOrder, from: number, to: number): Run[] {
  const runs: Run[] = [];
  forEachRun(bytes, order, from, to, (first, count) => runs.push([first, count]));
  return runs;
}

/** Mulberry32: small, and the same everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bits in stretches, so that runs end on, before and after the borders of words. */
function randomBits(random: () => number): boolean[] {
  const length = 1 + Math.floor(random() * 700);
  const change = random() ** 3;
  let bit = random() < 0.5;
  return Array.from({ length }, () => {
    if (random() < change) bit = !bit;
    return bit;
  });
}

/** The same bytes at another place in memory. */
function shifted(bytes: Uint8Array, by: number): Uint8Array {
  const all = new Uint8Array(bytes.length + by);
  all.set(bytes, by);
  return all.subarray(by);
}

describe.each(orders)('a bitmap in %s words', (order) => {
  it('agrees with the plainest way on random bits, aligned or not', () => {
    const random = randomNumbers(7);
    for (let round = 0; round < 500; round++) {
      const bits = randomBits(random);
      const bytes = shifted(bitmapOf(bits, order), round % 4);
      const from = Math.floor(random() * bits.length);
      const to = from + Math.floor(random() * (bits.length - from + 1));
      expect(countSet(bytes, to, order)).toBe(bits.slice(0, to).filter(Boolean).length);
      expect(countTailBits(bytes, to, order)).toBe(bits.slice(to).filter(Boolean).length);
      expect(anySet(bytes, to, order)).toBe(bits.slice(0, to).includes(true));
      expect(getBit(bytes, from, order)).toBe(bits[from]);
      expect(collectRuns(bytes, order, from, to)).toEqual(runsOf(bits, from, to));
    }
  });

  it('gives the same runs in pieces as in one', () => {
    const random = randomNumbers(11);
    for (let round = 0; round < 100; round++) {
      const bits = randomBits(random);
      const bytes = bitmapOf(bits, order);
      const runs: Run[] = [];
      const joiner = new RunJoiner((first, count) => runs.push([first, count]));
      for (let at = 0; at < bytes.length; at += 16) {
        const base = at * 8;
        const pages = Math.min(128, bits.length - base);
        forEachRun(bytes.subarray(at, at + 16), order, 0, pages, (first, count) => {
          joiner.push(base + first, count);
        });
      }
      joiner.end();
      expect(runs).toEqual(runsOf(bits, 0, bits.length));
    }
  });

  it('guesses its order by the bits past the last page', () => {
    const bits = Array.from({ length: 70 }, () => true);
    expect(guessWordOrder(bitmapOf(bits, order), 70)).toEqual({ order, reason: 'tail' });
  });

  it('guesses its order by what is less scattered', () => {
    const bits = Array.from({ length: 128 }, (_, page) => page >= 20 && page < 110);
    expect(guessWordOrder(bitmapOf(bits, order), 128)).toEqual({ order, reason: 'fewer-runs' });
  });
});

describe('any bitmap', () => {
  it('says so when nothing speaks for an order', () => {
    expect(guessWordOrder(new Uint8Array(16), 128)).toEqual({ order: 'le', reason: 'none' });
  });

  it('has to be whole words that cover the pages', () => {
    expect(() => countSet(new Uint8Array(12), 64, 'le')).toThrow(RangeError);
    expect(() => countSet(new Uint8Array(8), 65, 'le')).toThrow(RangeError);
    expect(() => getBit(new Uint8Array(8), 64, 'le')).toThrow(RangeError);
    expect(() => collectRuns(new Uint8Array(8), 'be', 0, 65)).toThrow(RangeError);
  });
});

describe('ranges of bits', () => {
  const ends = [0, 1, 7, 8, 9, 31, 32, 40, 63, 64, 65, 120, 127, 128];
  const ranges = ends.flatMap((from) => ends.map((to) => [from, to] as const));

  it('are set and cleared, and no other bits', () => {
    for (const [from, to] of ranges) {
      const isInside = Array.from({ length: 128 }, (_, page) => from <= page && page < to);
      const set = new Uint8Array(16);
      setRange(set, from, to);
      expect(set).toEqual(bitmapOf(isInside, 'le'));
      const cleared = new Uint8Array(16).fill(0xff);
      clearRange(cleared, from, to);
      expect(cleared).toEqual(
        bitmapOf(
          isInside.map((inside) => !inside),
          'le',
        ),
      );
    }
  });

  it('have to be inside', () => {
    expect(() => setRange(new Uint8Array(8), 0, 65)).toThrow(RangeError);
    expect(() => setRange(new Uint8Array(8), -1, 2)).toThrow(RangeError);
    expect(() => clearRange(new Uint8Array(8), 0, 65)).toThrow(RangeError);
  });
});

it('tells where the first set bit is, and whether there is none', () => {
  for (const length of [0, 3, 8, 15, 24]) {
    const bytes = new Uint8Array(length);
    expect(isClear(bytes)).toBe(true);
    for (let bit = 0; bit < length * 8; bit++) {
      bytes.fill(0)[bit >> 3] = 1 << (bit & 7);
      expect(isClear(bytes)).toBe(false);
      if (length % 8 !== 0) continue;
      expect(findSet(bytes, 'le', 0, length * 8)).toBe(bit);
      expect(findSet(bytes, 'le', bit, length * 8)).toBe(bit);
      expect(findSet(bytes, 'le', bit + 1, length * 8)).toBe(length * 8);
      expect(findSet(bytes, 'le', 0, bit)).toBe(bit);
    }
  }
});

it('the complement has the other bits, and is a copy of whole words', () => {
  const bytes = Uint8Array.from({ length: 24 }, (_, index) => index * 37);
  const inverted = complement(bytes.subarray(8));
  expect(inverted).toEqual(bytes.subarray(8).map((byte) => ~byte));
  expect(inverted.buffer).not.toBe(bytes.buffer);
  expect(() => complement(new Uint8Array(7))).toThrow(RangeError);
});

describe('two pieces', () => {
  const random = (length: number, factor: number) =>
    Uint8Array.from({ length }, (_, index) => (index * factor) >> 3);

  it.each([0, 1, 4])('keep the bits that both have, %i bytes behind a word', (by) => {
    for (const [length, othersLength] of [
      [16, 16],
      [13, 13],
      [13, 40],
      [16, 5],
      [3, 0],
      [0, 8],
    ] as const) {
      const [bytes, others] = [random(length, 89), random(othersLength, 57)];
      const kept = shifted(bytes, by);
      keepCommon(kept, others);
      expect(kept).toEqual(bytes.map((byte, index) => byte & (others[index] ?? 0)));
    }
  });

  it.each([0, 1, 4])('are the same or not, %i bytes behind a word', (by) => {
    const bytes = random(15, 89);
    expect(hasSameBits(shifted(bytes, by), bytes)).toBe(true);
    expect(hasSameBits(shifted(bytes, by), bytes.subarray(1))).toBe(false);
    for (let index = 0; index < bytes.length; index++) {
      const other = bytes.slice();
      other[index] = (other[index] as number) ^ 0x10;
      expect(hasSameBits(shifted(bytes, by), other)).toBe(false);
    }
  });
});
