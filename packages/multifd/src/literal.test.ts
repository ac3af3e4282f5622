import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { keepBeginnings, literalOption } from './literal.js';
import { bitmapOf, somePages } from './testing/patterns.js';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';
import { moveAll, withChannels } from './testing/with-channels.js';

const inScratch = scratchFolder();
afterEach(watchForLeftovers());

const PAGE = 256;
const literal = { bytes: Uint8Array.of(0x51, 0, 0x52, 0x53), anchor: 2 };

/** Pages whose bits are left, of 16 that are all wanted but these. */
function kept(bytes: Uint8Array, unwanted: readonly number[] = []): number[] {
  const bits = new Uint8Array([0xff, 0xff, 0, 0, 0, 0, 0, 0]);
  for (const page of unwanted) bits[page >> 3] = (bits[page >> 3] ?? 0) & ~(1 << (page & 7));
  keepBeginnings(bytes, literal, bits, { first: 0, count: 16, pageSize: PAGE });
  return Array.from({ length: 16 }, (_, page) => page).filter(
    (page) => ((bits[page >> 3] ?? 0) & (1 << (page & 7))) !== 0,
  );
}

/** Pages with the literal at these places, or what fits of it. */
function pagesWith(...places: number[]): Uint8Array {
  const bytes = new Uint8Array(16 * PAGE).fill(0x52);
  for (const place of places) bytes.set(literal.bytes.subarray(0, bytes.length - place), place);
  return bytes;
}

describe('of a literal', () => {
  it('the pages are kept in which it begins, once or more often', () => {
    expect(kept(pagesWith(0, 2 * PAGE + 17, 2 * PAGE + 40, 5 * PAGE - 1))).toEqual([0, 2, 4]);
    expect(kept(pagesWith())).toEqual([]);
  });

  it('the beginning is enough where what follows is not looked at', () => {
    expect(kept(pagesWith(16 * PAGE - 1))).toEqual([15]);
    expect(kept(pagesWith(6 * PAGE - 2), [6])).toEqual([5]);
    expect(kept(pagesWith(6 * PAGE - 2))).toEqual([5]);
  });

  it('nothing is seen in pages that are not wanted', () => {
    expect(kept(pagesWith(3 * PAGE + 9, 4 * PAGE + 9), [3])).toEqual([4]);
    expect(kept(pagesWith(3 * PAGE - 2), [2])).toEqual([]);
  });

  it('no other is taken than what can be looked for', () => {
    const check = (value: unknown) => () => literalOption(value, 'literal');
    expect(check(literal)).not.toThrow();
    for (const value of [null, 7, {}, { bytes: 'text', anchor: 0 }]) expect(check(value)).toThrow(TypeError);
    for (const bytes of [[], [0, 1], [1, 0]])
      expect(check({ bytes: Uint8Array.from(bytes), anchor: 0 })).toThrow(RangeError);
    expect(check({ ...literal, anchor: 4 })).toThrow(RangeError);
  });
});

it.each([1, 3])('%i channels find every page in which it begins, and few others', async (channels) => {
  const pageCount = 20_000;
  const bytes = somePages(pageCount, PAGE);
  const places = Array.from({ length: 400 }, (_, index) => index * 12_797 + 3);
  for (const place of places) bytes.set(literal.bytes, place);
  const path = inScratch('searched');
  writeFileSync(path, bytes);
  const found = new Set<number>();
  await withChannels({ channels, source: { path }, literal }, async (open) => {
    const wanted = bitmapOf(bytes, PAGE);
    const pages = {
      pageSize: PAGE,
      readFrom: 0,
      pageCount,
      wanted,
      findLiteral: true,
      batchBytes: 64 * PAGE,
    };
    await open.move(pages, ({ firstPage, pageCount: count, bits }) => {
      for (let page = 0; page < count; page++)
        if (((bits[page >> 3] ?? 0) & (1 << (page & 7))) !== 0) found.add(firstPage + page);
    });
    await open.sync();
  });
  const beginnings = new Set(places.map((place) => Math.floor(place / PAGE)));
  expect([...beginnings].filter((page) => !found.has(page))).toEqual([]);
  // At the end of a batch its first byte is enough.
  const others = [...found].filter((page) => !beginnings.has(page));
  expect(others.every((page) => bytes[(page + 1) * PAGE - 1] === literal.bytes[0])).toBe(true);
});

it('channels that were given none look for none', async () => {
  const path = inScratch('unsearched');
  writeFileSync(path, new Uint8Array(PAGE));
  const pages = { pageSize: PAGE, readFrom: 0, pageCount: 1, findLiteral: true };
  await expect(moveAll({ source: { path } }, pages)).rejects.toThrow(RangeError);
});
