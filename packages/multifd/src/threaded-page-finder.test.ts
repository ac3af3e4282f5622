import { closeSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { onlyInAll } from '@mapped-ram/fixtures';
import { ThreadedPageFinder, type ThreadedPageFinderOptions } from '@mapped-ram/multifd';
import { afterEach, describe, expect, it } from 'vitest';
import { bitmapOf, somePages } from './testing/patterns.js';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';

const inScratch = scratchFolder();
const expectNoLeftovers = watchForLeftovers();
afterEach(expectNoLeftovers);

const PAGE = 4096;
const MIB = 1024 * 1024;

/** Scans pages of a file from an offset on: their bits, and how often each page was told. */
async function scan(
  path: string,
  pageCount: number,
  pagesOffset = 0,
  options: ThreadedPageFinderOptions = {},
) {
  const bits = new Uint8Array(Math.ceil(pageCount / 64) * 8);
  let told = 0;
  const scanner = new ThreadedPageFinder(path, options);
  try {
    await scanner.scan({ pagesOffset, pageSize: PAGE, firstPage: 0, pageCount }, (scanned) => {
      bits.set(scanned.bits, scanned.firstPage / 8);
      told += scanned.pageCount;
    });
  } finally {
    await scanner.close();
  }
  return { bits, told };
}

/** Writes pieces of data into a file of holes. */
function sparseFile(
  name: string,
  sizeBytes: number,
  pieces: readonly [byteOffset: number, bytes: Uint8Array][],
): string {
  const path = inScratch(name);
  const descriptor = openSync(path, 'w');
  for (const [byteOffset, bytes] of pieces) writeSync(descriptor, bytes, 0, bytes.length, byteOffset);
  closeSync(descriptor);
  truncateSync(path, sizeBytes);
  return path;
}

it.each([1, 2, 8])('a file without holes, with %i channels', async (channels) => {
  const pages = somePages(9001, PAGE, channels);
  const path = inScratch('whole');
  writeFileSync(path, pages);
  expect(await scan(path, 9001, 0, { channels })).toEqual({ bits: bitmapOf(pages, PAGE), told: 9001 });
});

describe('a file with holes', () => {
  it('is not read where it has them: 1 TiB takes no time', async () => {
    const last = 2 ** 28 - 1;
    const path = sparseFile('1tib', 2 ** 40, [
      [5 * 2 ** 30, Uint8Array.of(1)],
      [last * PAGE, Uint8Array.of(1)],
    ]);
    const found: number[] = [];
    const scanner = new ThreadedPageFinder(path, { channels: 2 });
    await scanner.scan(
      { pagesOffset: 0, pageSize: PAGE, firstPage: 0, pageCount: 2 ** 28 },
      ({ firstPage, bits }) => {
        for (const [index, byte] of bits.entries()) if (byte !== 0) found.push(firstPage + index * 8);
      },
    );
    await scanner.close();
    expect(found.sort((a, b) => a - b)).toEqual([(5 * 2 ** 30) / PAGE, last - 7]);
  });

  onlyInAll(it)('of every shape gives the same as reading it', async () => {
    const content = new Uint8Array(64 * MIB);
    const pieces: [number, Uint8Array][] = [];
    const put = (byteOffset: number, bytes: Uint8Array) => {
      pieces.push([byteOffset, bytes]);
      content.set(bytes, byteOffset);
    };
    // More extents in the first window than are looked up, then a hole, a piece across windows, and zeros that are stored.
    for (let index = 0; index < 100; index++) put(index * 40_960 + 100, Uint8Array.of(index + 1));
    put(32 * MIB - 3 * PAGE, somePages(6, PAGE));
    put(40 * MIB, new Uint8Array(8 * PAGE));
    put(64 * MIB - 1, Uint8Array.of(1));
    const path = sparseFile('shapes', 64 * MIB, pieces);
    expect(statSync(path).blocks * 512).toBeLessThan(8 * MIB);
    expect((await scan(path, 16_384)).bits).toEqual(bitmapOf(content, PAGE));
    const shifted = await scan(path, 16_000, 512);
    expect(shifted).toEqual({
      bits: bitmapOf(content.subarray(512, 512 + 16_000 * PAGE), PAGE),
      told: 16_000,
    });
  });

  it('that becomes shorter is an error, though what is cut off looks like a hole', async () => {
    const path = sparseFile('cut', 64 * MIB, [[0, Uint8Array.of(1)]]);
    const scanner = new ThreadedPageFinder(path, { channels: 2 });
    truncateSync(path, 20 * MIB);
    const region = { pagesOffset: 0, pageSize: PAGE, firstPage: 0, pageCount: 16_384 };
    await expect(scanner.scan(region, () => {})).rejects.toMatchObject({
      code: 'short-read',
      byteOffset: 20 * MIB,
    });
    await scanner.close();
  });
});

it('a file that is not there is an error of the first scan', async () => {
  await expect(scan(inScratch('nowhere'), 1)).rejects.toMatchObject({
    code: 'read-failed',
    cause: { code: 'ENOENT' },
  });
});

it('a scanner that was never used can be closed, also twice', async () => {
  const path = inScratch('unused');
  writeFileSync(path, 'x');
  const unused = new ThreadedPageFinder(path);
  await Promise.all([unused.close(), unused.close()]);
  await new ThreadedPageFinder(inScratch('nowhere')).close();
});

it('an abort ends a scan, also one that meets nothing but holes', async () => {
  const path = sparseFile('aborted', 2 ** 42, []);
  const controller = new AbortController();
  const scanner = new ThreadedPageFinder(path, { channels: 2, signal: controller.signal });
  const region = { pagesOffset: 0, pageSize: PAGE, firstPage: 0, pageCount: 2 ** 30 };
  let scanned = 0;
  const scanning = scanner.scan(region, ({ pageCount }) => {
    controller.abort('enough');
    scanned += pageCount;
  });
  await expect(scanning).rejects.toBe('enough');
  expect(scanned).toBeLessThan(region.pageCount);
  await scanner.close();
});
