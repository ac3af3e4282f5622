import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { allOrOneIn } from '@mapped-ram/fixtures';
import type { ChannelNotice } from '@mapped-ram/multifd';
import { directIoSupport } from '@mapped-ram/posix';
import { afterEach, describe, expect, it } from 'vitest';
import { bitmapOf, shared, somePages } from './testing/patterns.js';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';
import { moveAll, withChannels } from './testing/with-channels.js';

const inScratch = scratchFolder(tmpdir());
const expectNoLeftovers = watchForLeftovers();
afterEach(expectNoLeftovers);

const O_DIRECT = 0o40000;

/** How many descriptors of this process, its threads' included, are open with O_DIRECT. */
function directDescriptors(): number {
  const flags = readdirSync('/proc/self/fdinfo').map((fd) => {
    try {
      return Number.parseInt(
        /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '',
        8,
      );
    } catch {
      return 0;
    }
  });
  return flags.filter((value) => (value & O_DIRECT) !== 0).length;
}

const CASES = [
  ['page-aligned', 4096, 8192],
  ['off the pages', 1024, 8192 + 1024],
  ['of small pages', 256, 512],
] as const;

describe.each(allOrOneIn<(typeof CASES)[number]>(3, CASES, 1))('pages that are %s', (_, pageSize, offset) => {
  const pages = somePages(16_000, pageSize);
  const content = Buffer.concat([Buffer.alloc(offset, 1), pages, Buffer.alloc(77, 2)]);

  it('are read past the page cache as they are', async () => {
    const path = inScratch('read');
    writeFileSync(path, content);
    const target = new SharedArrayBuffer(pages.length);
    const notices: ChannelNotice[] = [];
    await withChannels(
      {
        channels: 3,
        source: { path, directIo: true },
        target: { memory: target },
        onNotice: (notice) => notices.push(notice),
      },
      async (channels) => {
        expect(directDescriptors()).toBe(3);
        await channels.move({ pageSize, readFrom: offset, writeTo: 0, pageCount: 16_000 });
        await channels.sync();
      },
    );
    expect(notices).toEqual([]);
    expect(Buffer.compare(new Uint8Array(target), pages)).toBe(0);
  });

  it('are written past the page cache as they are, and nothing beside them', async () => {
    const path = inScratch('written');
    writeFileSync(
      path,
      Buffer.concat([Buffer.alloc(offset, 1), Buffer.alloc(pages.length), Buffer.alloc(77, 2)]),
    );
    const notices: ChannelNotice[] = [];
    await withChannels(
      {
        channels: 3,
        source: { memory: shared(pages) },
        target: { path, directIo: true },
        onNotice: (notice) => notices.push(notice),
      },
      async (channels) => {
        await channels.move({
          pageSize,
          readFrom: 0,
          writeTo: offset,
          pageCount: 16_000,
          wanted: bitmapOf(pages, pageSize),
        });
        await channels.sync();
      },
    );
    expect(notices).toEqual([]);
    expect(Buffer.compare(readFileSync(path), content)).toBe(0);
  });
});

it('a file with direct I/O is what these tests need', () => {
  const path = inScratch('probe');
  writeFileSync(path, Buffer.alloc(8192, 1));
  expect(directIoSupport(path)).toMatchObject({ supported: true });
});

it('places that are aligned differently are copied through the page cache', async () => {
  const pages = somePages(2000, 1024);
  const path = inScratch('from');
  const target = inScratch('to');
  writeFileSync(path, pages);
  writeFileSync(target, '');
  await moveAll(
    { channels: 2, source: { path, directIo: true }, target: { path: target, directIo: true } },
    { pageSize: 1024, readFrom: 0, writeTo: 1024, pageCount: 2000 },
  );
  expect(Buffer.compare(readFileSync(target).subarray(1024), pages)).toBe(0);
});

it('a file system without direct I/O is told once, and read all the same', async () => {
  const path = '/proc/self/environ';
  const expected = readFileSync(path).subarray(0, 256);
  const target = new SharedArrayBuffer(256);
  const notices: ChannelNotice[] = [];
  await moveAll(
    {
      channels: 3,
      source: { path, directIo: true },
      target: { memory: target },
      onNotice: (notice) => notices.push(notice),
    },
    { pageSize: 256, readFrom: 0, writeTo: 0, pageCount: 1 },
  );
  expect(notices).toEqual([{ kind: 'no-direct-io', path, message: expect.stringContaining('EINVAL') }]);
  expect(Buffer.compare(new Uint8Array(target), expected)).toBe(0);
});

it('a file that grows is written to its very end', async () => {
  const pages = somePages(1001, 256, 3);
  const path = inScratch('grows');
  writeFileSync(path, '');
  truncateSync(path, 100);
  await moveAll(
    { channels: 2, source: { memory: shared(pages) }, target: { path, directIo: true } },
    { pageSize: 256, readFrom: 0, writeTo: 4096, pageCount: 1001 },
  );
  expect(Buffer.compare(readFileSync(path).subarray(4096), pages)).toBe(0);
});
