import { truncateSync, writeFileSync } from 'node:fs';
import { allOrFew, onlyInAll } from '@mapped-ram/fixtures';
import { ThreadedPageComparer, type ThreadedPageComparerOptions } from '@mapped-ram/multifd';
import { afterEach, expect, it } from 'vitest';
import { somePages } from './testing/patterns.js';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';

const inScratch = scratchFolder();
const expectNoLeftovers = watchForLeftovers();
afterEach(expectNoLeftovers);

const PAGES = 9001;

interface Compared {
  readonly bits: Uint8Array;
  readonly told: number;
}

/** Two files whose pages lie at some offsets, with different bytes in every 7th page and in what is in front of them. */
function pairOfFiles(pageSize: number, offsets: readonly [number, number]) {
  const pages = somePages(PAGES, pageSize);
  const changed = pages.slice();
  const differing = new Uint8Array(Math.ceil(PAGES / 64) * 8);
  for (let page = 3; page < PAGES; page += 7) {
    const at = page * pageSize + (page % pageSize);
    changed[at] = (changed[at] ?? 0) ^ 0x80;
    differing[page >> 3] = (differing[page >> 3] ?? 0) | (1 << (page & 7));
  }
  const paths = [inScratch('a'), inScratch('b')] as const;
  writeFileSync(paths[0], Buffer.concat([Buffer.alloc(offsets[0], 1), pages]));
  writeFileSync(paths[1], Buffer.concat([Buffer.alloc(offsets[1], 2), changed]));
  return { paths, differing };
}

async function compare(
  paths: readonly [string, string],
  pagesOffsets: readonly [number, number],
  pageSize: number,
  wanted: Uint8Array,
  options: ThreadedPageComparerOptions = {},
): Promise<Compared> {
  const bits = new Uint8Array(wanted.length);
  let told = 0;
  const comparer = new ThreadedPageComparer(paths, options);
  try {
    const pages = { pagesOffsets, pageSize, firstPage: 0, pageCount: PAGES, wanted };
    await comparer.compare(pages, (compared) => {
      bits.set(compared.bits, compared.firstPage / 8);
      told += compared.pageCount;
    });
  } finally {
    await comparer.close();
  }
  return { bits, told };
}

const all = new Uint8Array(Math.ceil(PAGES / 64) * 8).fill(0xff);

const CASES = [
  [4096, [0, 0], 1],
  [4096, [4096, 1024 * 1024], 2],
  [4096, [77, 1_000_003], 3],
  [8192, [512, 0], 2],
  [1024, [0, 100], 2],
] as const;

it.each(allOrFew<(typeof CASES)[number]>(CASES, CASES.slice(2, 3)))(
  'finds pages of %i bytes at %j that differ, with %i channels',
  async (pageSize, offsets, channels) => {
    const { paths, differing } = pairOfFiles(pageSize, offsets);
    for (const directIo of [false, true]) {
      const { bits, told } = await compare(paths, offsets, pageSize, all, { channels, directIo });
      expect(told).toBe(PAGES);
      expect(Buffer.compare(bits, differing)).toBe(0);
    }
  },
);

onlyInAll(it)('looks at no page that is not wanted', async () => {
  const { paths, differing } = pairOfFiles(4096, [0, 0]);
  const wanted = all.map((byte, index) => (index % 3 === 0 ? byte & 0x5a : 0));
  const { bits } = await compare(paths, [0, 0], 4096, wanted);
  expect(
    Buffer.compare(
      bits,
      differing.map((byte, index) => byte & (wanted[index] ?? 0)),
    ),
  ).toBe(0);
});

onlyInAll(it)('says which file ends before the pages, is not there, or that there is enough', async () => {
  const { paths } = pairOfFiles(4096, [0, 0]);
  truncateSync(paths[1], 5000 * 4096 + 5);
  await expect(compare(paths, [0, 0], 4096, all)).rejects.toMatchObject({
    code: 'unexpected-end',
    what: expect.stringContaining(paths[1]),
  });
  await expect(compare([paths[0], inScratch('none')], [0, 0], 4096, all)).rejects.toMatchObject({
    code: 'read-failed',
    what: expect.stringContaining('none'),
  });
  const signal = AbortSignal.abort('enough');
  await expect(compare(paths, [0, 0], 4096, all, { signal })).rejects.toBe('enough');
});
