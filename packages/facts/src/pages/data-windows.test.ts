import type { Extent } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { dataWindows } from './data-windows.js';

const PAGE = 4096;
const WINDOW_PAGES = 64;
const PAGES_OFFSET = 3 * PAGE;

/** Which pages are in the extents, looked up one page after another. */
function areIn(extents: readonly Extent[], firstPage: number, pageCount: number): boolean[] {
  return Array.from({ length: pageCount }, (_, index) => {
    const start = PAGES_OFFSET + (firstPage + index) * PAGE;
    return extents.some(
      ({ byteOffset, lengthBytes }) => byteOffset < start + PAGE && byteOffset + lengthBytes > start,
    );
  });
}

/** Like a file's: cuts extents to what is asked for. */
const finder = (extents: readonly Extent[]) =>
  function* find(from: number, to: number): Generator<Extent> {
    for (const { byteOffset, lengthBytes } of extents) {
      const start = Math.max(from, byteOffset);
      const end = Math.min(to, byteOffset + lengthBytes);
      if (start < end) yield { byteOffset: start, lengthBytes: end - start };
    }
  };

/** What the windows say of each page, and what they are. */
function lookAt(
  pages: { firstPage: number; pageCount: number; wanted?: Uint8Array },
  extents?: readonly Extent[],
) {
  const found: boolean[] = [];
  const windows: { pageCount: number; isEmpty: boolean; isWhole: boolean }[] = [];
  const all = { pagesOffset: PAGES_OFFSET, pageSize: PAGE, ...pages };
  for (const window of dataWindows(all, WINDOW_PAGES, extents && finder(extents))) {
    const { pageCount, isEmpty, lookAt: bits } = window;
    expect(window.firstPage).toBe(pages.firstPage + found.length);
    windows.push({ pageCount, isEmpty, isWhole: bits === undefined });
    for (let page = 0; page < pageCount; page++)
      found.push(bits === undefined || (((bits[page >> 3] as number) >> (page & 7)) & 1) === 1);
  }
  return { found, windows };
}

const pageExtents = (...pages: readonly (readonly [from: number, to: number])[]): Extent[] =>
  pages.map(([from, to]) => ({ byteOffset: PAGES_OFFSET + from * PAGE, lengthBytes: (to - from) * PAGE }));

it('all pages are looked at where nobody knows the holes', () => {
  const { found, windows } = lookAt({ firstPage: 8, pageCount: 150 });
  expect(found).toEqual(Array(150).fill(true));
  expect(windows.map(({ pageCount, isWhole }) => [pageCount, isWhole])).toEqual([
    [64, true],
    [64, true],
    [22, true],
  ]);
});

it('those in holes are not, and what is empty and lies together is one window', () => {
  const extents = pageExtents([0, 3], [70, 80], [640, 704], [1000, 1001]);
  const { found, windows } = lookAt({ firstPage: 0, pageCount: 1200 }, extents);
  expect(found).toEqual(areIn(extents, 0, 1200));
  expect(windows).toEqual([
    { pageCount: 64, isEmpty: false, isWhole: false },
    { pageCount: 64, isEmpty: false, isWhole: false },
    { pageCount: 512, isEmpty: true, isWhole: false },
    { pageCount: 64, isEmpty: false, isWhole: true },
    { pageCount: 256, isEmpty: true, isWhole: false },
    { pageCount: 64, isEmpty: false, isWhole: false },
    { pageCount: 176, isEmpty: true, isWhole: false },
  ]);
});

it('an extent need not begin or end with a page', () => {
  const extents = [{ byteOffset: PAGES_OFFSET + 100 * PAGE + 1, lengthBytes: PAGE }];
  expect(lookAt({ firstPage: 64, pageCount: 100 }, extents).found).toEqual(areIn(extents, 64, 100));
});

it('only wanted pages are looked at; what ends before the pages wants no more', () => {
  const wanted = new Uint8Array(16);
  wanted[1] = 0x0f;
  wanted[15] = 0x80;
  const pages = [8, 9, 10, 11, 127];
  for (const extents of [undefined, pageExtents([0, 300])]) {
    const { found } = lookAt({ firstPage: 0, pageCount: 200, wanted }, extents);
    expect(found).toEqual(Array.from({ length: 200 }, (_, page) => pages.includes(page)));
  }
});

it('what comes after 16 extents in a window is taken to be data', () => {
  const many = Array.from({ length: 32 }, (_, index) => [index * 2, index * 2 + 1] as const);
  const extents = pageExtents(...many, [64, 65], [100, 101]);
  const { found } = lookAt({ firstPage: 0, pageCount: 192 }, extents);
  const exact = areIn(extents, 0, 192);
  expect(found).toEqual(exact.map((isData, page) => isData || (page >= 30 && page < 64)));
});

it('more pages than are looked up at once are divided as fewer are', () => {
  const last = 2 ** 20 + 2 ** 19 + 5;
  const extents = pageExtents([500_000, 2 ** 19 + 1], [last - 1, last]);
  const pages = { pagesOffset: PAGES_OFFSET, pageSize: PAGE, firstPage: 0, pageCount: last };
  const filled = [];
  let pageCount = 0;
  for (const window of dataWindows(pages, WINDOW_PAGES, finder(extents))) {
    expect(window.firstPage).toBe(pageCount);
    pageCount += window.pageCount;
    if (!window.isEmpty) filled.push(window.firstPage);
  }
  expect(pageCount).toBe(last);
  expect([filled[0], filled.at(-2), filled.at(-1)]).toEqual([499_968, 2 ** 19, 2 ** 20 + 2 ** 19]);
  expect(filled).toHaveLength((2 ** 19 - 499_968) / WINDOW_PAGES + 2);
});
