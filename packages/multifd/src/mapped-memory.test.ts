import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { growableMemory } from './testing/growable-memory.js';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';
import { withChannels } from './testing/with-channels.js';

const MIB = 2 ** 20;
const PAGE_BYTES = 4096;
const SIZE_BYTES = 8 * MIB + 12 * PAGE_BYTES;

const inScratch = scratchFolder();
const expectNoLeftovers = watchForLeftovers();
afterEach(expectNoLeftovers);

let files = 0;

/** A file of its own name, which mappings of other tests do not have. */
function newFile(): { path: string; bytes: Buffer } {
  const words = Uint32Array.from({ length: SIZE_BYTES / 4 }, (_, index) =>
    Math.imul(index + 1, 2_654_435_761),
  );
  const path = inScratch(`pages-${++files}`);
  const bytes = Buffer.from(words.buffer);
  writeFileSync(path, bytes);
  return { path, bytes };
}

/** Of a file in which page 300 is not wanted, all but its first page. */
async function load(path: string, memory: SharedArrayBuffer, channels: number): Promise<void> {
  const pageCount = SIZE_BYTES / PAGE_BYTES - 1;
  const wanted = new Uint8Array(Math.ceil(pageCount / 64) * 8);
  for (let page = 0; page < pageCount; page++)
    if (page !== 300) wanted[page >> 3] = (wanted[page >> 3] ?? 0) | (1 << (page & 7));
  const target = { memory, copyOnWrite: true };
  await withChannels({ channels, source: { path }, target }, async (open) => {
    const pages = { pageSize: PAGE_BYTES, readFrom: PAGE_BYTES, writeTo: 0, firstPage: 0, pageCount, wanted };
    await open.move(pages);
    await open.sync();
  });
}

/** Bytes of this process's memory that are the file's. */
function mappedBytes(path: string): number {
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\n');
  const ranges = lines.filter((line) => line.endsWith(` ${path}`)).map((line) => line.split(/[- ]/));
  return ranges.reduce((sum, [from, to]) => sum + Number(`0x${to}`) - Number(`0x${from}`), 0);
}

function expectLoaded(memory: SharedArrayBuffer, bytes: Buffer): void {
  const expected = Buffer.from(bytes.subarray(PAGE_BYTES));
  expected.fill(0, 300 * PAGE_BYTES, 301 * PAGE_BYTES);
  expect(Buffer.compare(Buffer.from(memory), expected)).toBe(0);
}

it.each([1, 3])("pages are the file's until they are written to, with %i channels", async (channels) => {
  const { path, bytes } = newFile();
  const memory = growableMemory(SIZE_BYTES - PAGE_BYTES);
  await load(path, memory, channels);
  expect(mappedBytes(path)).toBeGreaterThanOrEqual(6 * MIB);
  expectLoaded(memory, bytes);
  new Uint8Array(memory).fill(1);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

it('pages are copied where memory does not start at a page', async () => {
  const { path, bytes } = newFile();
  const memory = new SharedArrayBuffer(SIZE_BYTES - PAGE_BYTES);
  await load(path, memory, 2);
  expect(mappedBytes(path)).toBe(0);
  expectLoaded(memory, bytes);
});

it('nothing is mapped that is behind the end of the file', async () => {
  const { path, bytes } = newFile();
  writeFileSync(path, bytes.subarray(0, 4 * MIB + 5));
  const loading = load(path, growableMemory(SIZE_BYTES), 2);
  await expect(loading).rejects.toMatchObject({ code: 'unexpected-end' });
});
