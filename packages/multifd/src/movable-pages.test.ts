import { describe, expect, it } from 'vitest';
import { batchesOf, checkPages, type MovablePages, setWantedBits } from './movable-pages.js';

const some: MovablePages = { pageSize: 4096, readFrom: 0x100000, pageCount: 10_000, firstPage: 64 };

describe('batchesOf', () => {
  it('cuts pages into batches of 16 MiB at their places', () => {
    const batches = [...batchesOf({ ...some, writeTo: 8192, findZeros: true })];
    expect(batches.map(({ firstPage, pageCount }) => [firstPage, pageCount])).toEqual([
      [64, 4096],
      [4160, 4096],
      [8256, 1808],
    ]);
    expect(batches[1]).toMatchObject({
      readFrom: 0x100000 + 4160 * 4096,
      writeTo: 8192 + 4160 * 4096,
      findZeros: true,
    });
  });

  it('makes them smaller where that is asked for, of whole words of bits', () => {
    const sizes = (batchBytes: number) =>
      [...batchesOf({ ...some, pageCount: 200, batchBytes })].map(({ pageCount }) => pageCount);
    expect(sizes(128 * 4096)).toEqual([128, 72]);
    expect(sizes(100 * 4096)).toEqual([64, 64, 64, 8]);
    expect(sizes(1)).toEqual([64, 64, 64, 8]);
  });

  it('leaves out those in which no page is wanted', () => {
    const wanted = new Uint8Array(1256);
    wanted[600] = 1;
    expect([...batchesOf({ ...some, wanted })].map(({ firstPage }) => firstPage)).toEqual([4160]);
  });
});

describe('setWantedBits', () => {
  const bitsOf = (pages: MovablePages): Uint8Array => {
    const [batch] = batchesOf(pages);
    const bits = new Uint8Array(32).fill(0xaa);
    if (batch !== undefined) setWantedBits(pages, batch, bits);
    return bits;
  };

  it.each([
    [64, [255, 255, 255, 255, 255, 255, 255, 255, 0xaa]],
    [8, [255, 0, 0, 0, 0, 0, 0, 0, 0xaa]],
    [11, [255, 7, 0, 0, 0, 0, 0, 0, 0xaa]],
    [65, [255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0, 0xaa]],
  ])('sets those of %i pages and clears the rest of the last word', (pageCount, expected) => {
    expect([...bitsOf({ ...some, pageCount }).subarray(0, expected.length)]).toEqual(expected);
  });

  it('copies those that are wanted, up to the last page', () => {
    const wanted = Uint8Array.of(0x55, 0xff, 0, 0, 0, 0, 0, 0);
    expect([...bitsOf({ ...some, pageCount: 12, wanted }).subarray(0, 9)]).toEqual([
      0x55, 0x0f, 0, 0, 0, 0, 0, 0, 0xaa,
    ]);
  });
});

describe('checkPages', () => {
  const target = { path: 'a file' };
  it.each([
    [{ pageSize: 3000 }],
    [{ pageSize: 128 }],
    [{ pageSize: 131_072 }],
    [{ readFrom: -64 * 4096 - 1 }],
    [{ writeTo: -64 * 4096 - 1 }],
    [{ pageCount: 1.5 }],
    [{ firstPage: 2 ** 53 }],
    [{ firstPage: 2 ** 50 }],
    [{ writeTo: 0 }],
    [{ compareWith: 0 }],
    [{ compareWith: -64 * 4096 - 1 }],
    [{ wanted: new Uint8Array(7) }],
    [{ wanted: new Uint8Array(8) }],
  ])('refuses %o', (part) => {
    expect(() => checkPages({ ...some, ...part }, {})).toThrow(RangeError);
  });

  it('takes what can be moved', () => {
    expect(() => checkPages({ ...some, writeTo: 0, wanted: new Uint8Array(1256) }, { target })).not.toThrow();
    expect(() =>
      checkPages({ ...some, readFrom: -64 * 4096, writeTo: -64 * 4096 }, { target }),
    ).not.toThrow();
  });
});
