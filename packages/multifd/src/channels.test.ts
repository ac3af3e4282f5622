import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { allOrFew, onlyInAll } from '@mapped-ram/fixtures';
// By the package's name: its threads run what was built, and so must what starts them.
import { Channels, type MovedPages, openChannels } from '@mapped-ram/multifd';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bitmapOf, shared, somePages } from './testing/patterns.js';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';
import { moveAll, withChannels } from './testing/with-channels.js';

const inScratch = scratchFolder();
const expectNoLeftovers = watchForLeftovers();
afterEach(expectNoLeftovers);

const PAGE = 4096;
const MIB = 1024 * 1024;

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );
}

/** A file of zeros, all a hole. */
function sparseFile(name: string, sizeBytes: number): string {
  const path = inScratch(name);
  writeFileSync(path, '');
  truncateSync(path, sizeBytes);
  return path;
}

describe.each(allOrFew([1, 2, 3, 8, 16], [3]))('with %i channels', (channels) => {
  const pages = somePages(5_120, PAGE, channels);
  const bitmap = bitmapOf(pages, PAGE);

  it('finds the pages that are not zero', async () => {
    const path = inScratch('scanned');
    writeFileSync(path, pages);
    const found = new Uint8Array(bitmap.length);
    const note = ({ firstPage, bits }: MovedPages) => found.set(bits, firstPage / 8);
    await withChannels({ channels, source: { path } }, async (open) => {
      expect(open.count).toBe(channels);
      await open.move({ pageSize: PAGE, readFrom: 0, pageCount: 5_120, findZeros: true }, note);
      await open.sync();
    });
    expect(found).toEqual(bitmap);
  });

  it('copies the pages that are wanted to their places, and no others', async () => {
    const path = sparseFile('copied', 24 * MIB);
    const wanted = bitmap.map((byte, index) => (index % 2 === 0 ? byte : 0));
    await withChannels({ channels, source: { memory: shared(pages) }, target: { path } }, async (open) => {
      await open.move({ pageSize: PAGE, readFrom: 0, writeTo: 3 * PAGE, pageCount: 5_120, wanted });
      await open.sync();
    });
    const copy = readFileSync(path).subarray(3 * PAGE);
    const differing = [];
    for (let page = 0; page < 5_120; page++) {
      const isWanted = ((wanted[page >> 3] ?? 0) & (1 << (page & 7))) !== 0;
      const expected = isWanted ? pages.subarray(page * PAGE, (page + 1) * PAGE) : new Uint8Array(PAGE);
      if (Buffer.compare(copy.subarray(page * PAGE, (page + 1) * PAGE), expected) !== 0) differing.push(page);
    }
    expect(differing).toEqual([]);
  });
});

describe('the calling thread', () => {
  const pages = somePages(5_120, PAGE);
  const move = { pageSize: PAGE, readFrom: 0, writeTo: 0, pageCount: 5_120 };
  /** The other thread never starts. */
  const asleep = new URL('data:text/javascript,setInterval(() => {}, 1e6)');

  it('moves the pages, and finds those that are zero, while the others start', async () => {
    const path = inScratch('calling-thread');
    writeFileSync(path, '');
    const found = new Uint8Array(bitmapOf(pages, PAGE).length);
    const open = new Channels(2, { source: { memory: shared(pages) }, target: { path } }, asleep);
    await open.join();
    await open.move({ ...move, findZeros: true }, ({ firstPage, bits }) => found.set(bits, firstPage / 8));
    await open.sync();
    await open.close();
    await expectNoLeftovers();
    expect(found).toEqual(bitmapOf(pages, PAGE));
    expect(Buffer.compare(readFileSync(path), pages.subarray(0, readFileSync(path).length))).toBe(0);
  });

  it('fails as a channel does', async () => {
    const path = sparseFile('calling-thread-short', MIB);
    const open = new Channels(2, { source: { path } }, asleep);
    await open.join();
    const error = await errorOf(open.move({ pageSize: PAGE, readFrom: 0, pageCount: 5_120 }));
    expect(error).toMatchObject({ code: 'unexpected-end', message: expect.stringMatching(/^channel 0: /) });
    expect(await errorOf(open.sync())).toBe(error);
    await expectNoLeftovers();
  });

  it('is the only one where there is one channel', async () => {
    const open = new Channels(
      1,
      { source: { memory: shared(pages) } },
      new URL('data:text/javascript,process.exit(7)'),
    );
    await open.join();
    await open.opened();
    let moved = 0;
    await open.move({ ...move, writeTo: undefined }, ({ pageCount }) => {
      moved += pageCount;
    });
    await open.sync();
    await open.close();
    expect(moved).toBe(5_120);
  });

  it('goes on when they have started, with what they have no room for', async () => {
    // Takes batches, and never does them.
    const busy = new URL(
      `data:text/javascript,import { parentPort } from 'node:worker_threads';
      parentPort.on('message', (message) => message === 'end' && parentPort.close());
      parentPort.postMessage({ kind: 'ready' });`,
    );
    const target = new SharedArrayBuffer(pages.length);
    const places = { source: { memory: shared(pages) }, target: { memory: target } };
    const open = new Channels(2, places, busy);
    await open.join();
    await open.opened();
    let moved = 0;
    const onMoved = ({ pageCount }: MovedPages) => {
      moved += pageCount;
    };
    await open.move({ ...move, batchBytes: MIB }, onMoved);
    await open.close();
    // All but the two batches that the thread has.
    expect(moved).toBe(5_120 - 512);
    expect(Buffer.compare(new Uint8Array(target).subarray(2 * MIB), pages.subarray(2 * MIB))).toBe(0);
  });

  it('hands over to the threads when they have started', async () => {
    const target = new SharedArrayBuffer(pages.length);
    const open = await openChannels({
      channels: 2,
      source: { memory: shared(pages) },
      target: { memory: target },
    });
    await open.move({ ...move, pageCount: 1000, batchBytes: MIB });
    await open.opened();
    await open.move({ ...move, firstPage: 1000, pageCount: 4_120, batchBytes: MIB });
    await open.sync();
    await open.close();
    expect(Buffer.compare(new Uint8Array(target), pages)).toBe(0);
  });

  it.each([1, 2])('lets a signal come through, of %i channels', async (channels) => {
    const path = sparseFile('calling-thread-endless', 2 ** 40);
    const controller = new AbortController();
    const open = new Channels(channels, { source: { path }, signal: controller.signal }, asleep);
    await open.join();
    setImmediate(() => controller.abort('enough'));
    const all = { pageSize: PAGE, readFrom: 0, pageCount: 2 ** 28, findZeros: true };
    expect(await errorOf(open.move(all))).toBe('enough');
  });
});

onlyInAll(it)('the number of channels leaves no trace', async () => {
  const pages = somePages(5_120, PAGE);
  const digests = [];
  for (const channels of allOrFew([1, 16], [1, 4])) {
    const path = sparseFile(`trace-${channels}`, 20 * MIB);
    await withChannels({ channels, source: { memory: shared(pages) }, target: { path } }, async (open) => {
      await open.move({ pageSize: PAGE, readFrom: 0, writeTo: 0, pageCount: 5_120, findZeros: true });
      await open.sync();
    });
    digests.push(createHash('sha256').update(readFileSync(path)).digest('hex'));
  }
  expect(digests[1]).toBe(digests[0]);
});

it.each(allOrFew([256, 1024, 16_384, 65_536], [256, 16_384]))('moves pages of %i bytes', async (pageSize) => {
  const pages = somePages(1001, pageSize);
  const target = new SharedArrayBuffer(pages.length);
  const found = new Uint8Array(bitmapOf(pages, pageSize).length);
  const path = inScratch('other-page-size');
  writeFileSync(path, Buffer.concat([Buffer.alloc(1280), pages]));
  await withChannels({ channels: 2, source: { path }, target: { memory: target } }, async (open) => {
    const all = { pageSize, readFrom: 1280, writeTo: 0, pageCount: 1001, findZeros: true };
    await open.move(all, ({ firstPage, bits }) => found.set(bits, firstPage / 8));
    await open.sync();
  });
  expect(Buffer.compare(new Uint8Array(target), pages)).toBe(0);
  expect(found).toEqual(bitmapOf(pages, pageSize));

  // Straight to where they belong, without a look at them.
  const straight = new SharedArrayBuffer(pages.length);
  const places = { source: { path }, target: { memory: straight } };
  await moveAll({ channels: 2, ...places }, { pageSize, readFrom: 1280, writeTo: 0, pageCount: 1001 });
  expect(Buffer.compare(new Uint8Array(straight), pages)).toBe(0);
});

it('takes work from several callers at once', async () => {
  const pages = somePages(5_120, PAGE);
  const target = new SharedArrayBuffer(pages.length);
  await withChannels(
    { channels: 2, source: { memory: shared(pages) }, target: { memory: target } },
    async (open) => {
      const quarter = { pageSize: PAGE, readFrom: 0, writeTo: 0, pageCount: 1280 };
      await Promise.all([0, 1, 2, 3].map((index) => open.move({ ...quarter, firstPage: index * 1280 })));
      await open.sync();
    },
  );
  expect(Buffer.compare(new Uint8Array(target), pages)).toBe(0);
});

it('there are 1 to 255 channels, and as many as processors by default', async () => {
  const source = { memory: new SharedArrayBuffer(PAGE) };
  for (const channels of [0, 256, 1.5]) {
    await expect(openChannels({ channels, source })).rejects.toThrow(RangeError);
  }
  const count = await withChannels({ source }, async (open) => open.count);
  expect(count).toBeGreaterThan(0);
});

describe('a failure is the one error that is reported, and ends all channels:', () => {
  const zeros = { pageSize: PAGE, readFrom: 0, pageCount: 16_384, findZeros: true };

  it('a file that is not there', async () => {
    const source = { path: inScratch('nowhere') };
    const memory = { memory: new SharedArrayBuffer(PAGE) };
    await expect(openChannels({ source })).rejects.toMatchObject({
      code: 'read-failed',
      cause: { code: 'ENOENT' },
    });
    await expect(openChannels({ source: memory, target: source })).rejects.toMatchObject({
      code: 'write-failed',
      cause: { code: 'ENOENT' },
    });
  });

  it('a folder', async () => {
    const error = await errorOf(
      openChannels({ channels: 2, source: memoryOf(1), target: { path: inScratch('.') } }),
    );
    expect(error).toMatchObject({ code: 'write-failed', cause: { code: 'EISDIR' } });
    expect(error).toHaveProperty('message', expect.stringMatching(/^channel [01]: /));
  });

  it('a file that ends before the pages', async () => {
    const path = sparseFile('short', 10 * MIB + 100);
    await withChannels({ channels: 3, source: { path } }, async (open) => {
      const error = await errorOf(open.move(zeros).then(() => open.sync()));
      expect(error).toMatchObject({ code: 'unexpected-end' });
      expect(await errorOf(open.sync())).toBe(error);
      expect(await errorOf(open.move(zeros))).toBe(error);
      // Before they are closed.
      await expectNoLeftovers();
    });
  });

  it('a file that is truncated while it is read', async () => {
    const path = sparseFile('truncated', 64 * MIB);
    await withChannels({ channels: 2, source: { path } }, async (open) => {
      truncateSync(path, 10 * MIB + 100);
      const error = await errorOf(open.move({ ...zeros, pageCount: 4096 }).then(() => open.sync()));
      expect(error).toMatchObject({ code: 'short-read', byteOffset: 10 * MIB + 100 });
    });
  });

  it('EIO from the kernel', async () => {
    // Nothing is mapped at the start of a process's memory.
    const source = { path: '/proc/self/mem' };
    await withChannels({ channels: 2, source }, async (open) => {
      const error = await errorOf(
        open.move({ ...zeros, readFrom: 8192, pageCount: 1 }).then(() => open.sync()),
      );
      expect(error).toMatchObject({
        code: 'read-failed',
        byteOffset: 8192,
        cause: { code: 'EIO', syscall: 'read' },
      });
      expect(error).toHaveProperty('message', expect.stringMatching(/^channel [01]: reading .* failed/));
    });
  });

  it('a full disk', async () => {
    const full = { source: { memory: shared(somePages(10_000, PAGE)) }, target: { path: '/dev/full' } };
    await withChannels({ channels: 3, ...full }, async (open) => {
      const error = await errorOf(
        open.move({ ...zeros, pageCount: 10_000, writeTo: 0 }).then(() => open.sync()),
      );
      expect(error).toMatchObject({ code: 'write-failed', cause: { code: 'ENOSPC', syscall: 'write' } });
    });
  });

  it('memory that is too small', async () => {
    await withChannels({ channels: 1, source: memoryOf(2), target: memoryOf(1) }, async (open) => {
      const beyond = { pageSize: PAGE, readFrom: 0, writeTo: 0 };
      expect(await errorOf(open.move({ ...beyond, pageCount: 2 }).then(() => open.sync()))).toMatchObject({
        code: 'write-failed',
      });
    });
    await withChannels({ channels: 1, source: memoryOf(2) }, async (open) => {
      const beyond = { pageSize: PAGE, readFrom: PAGE, pageCount: 2 };
      expect(await errorOf(open.move(beyond).then(() => open.sync()))).toMatchObject({
        code: 'unexpected-end',
        byteOffset: 2 * PAGE,
      });
    });
  });

  it('an error of the function that is told of moved pages', async () => {
    const mistake = new Error('a mistake of the caller');
    await withChannels({ channels: 2, source: memoryOf(100) }, async (open) => {
      const moving = open.move({ pageSize: PAGE, readFrom: 0, pageCount: 100 }, () => {
        throw mistake;
      });
      expect(await errorOf(moving.then(() => open.sync()))).toBe(mistake);
    });
  });

  it('pages that cannot be moved are refused and stop nothing', async () => {
    await withChannels({ channels: 1, source: memoryOf(1) }, async (open) => {
      await expect(open.move({ pageSize: 1000, readFrom: 0, pageCount: 1 })).rejects.toThrow(RangeError);
      await open.move({ pageSize: PAGE, readFrom: 0, pageCount: 1 });
      await open.sync();
    });
  });
});

describe('a thread that dies is noticed:', () => {
  const program = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const ready = `import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ kind: 'ready' });`;

  it.each([
    ['it exits while it works', `${ready} parentPort.on('message', () => process.exit(3));`, 'status 3'],
    [
      'it throws while it works',
      `${ready} parentPort.on('message', () => { throw new Error('no idea'); });`,
      'no idea',
    ],
    [
      'it ends though it has work',
      `${ready} parentPort.once('message', () => parentPort.close());`,
      'status 0',
    ],
    ['it exits before it is ready', 'process.exit(1);', 'status 1'],
    ['its program cannot be loaded', 'import "node:no-such-module";', 'no-such-module'],
  ])('%s', async (_, source, reason) => {
    const open = new Channels(2, { source: memoryOf(10_000) }, program(source));
    const work = async () => {
      await open.opened();
      await open.move({ pageSize: PAGE, readFrom: 0, pageCount: 10_000 });
      await open.sync();
    };
    const error = await errorOf(work());
    expect(error).toMatchObject({ code: 'read-failed' });
    expect(error).toHaveProperty('message', expect.stringMatching(new RegExp(`^channel [01] .*${reason}`)));
    await open.close();
  });
});

describe('pages that are moved as they are', () => {
  const pages = somePages(2_560, PAGE, 7);
  const moved = { pageSize: PAGE, readFrom: 0, writeTo: 3 * PAGE, pageCount: 2_560 };

  it.each([1, 2, 5])('are the same, with %i channels', async (channels) => {
    const [from, to] = [inScratch('as-they-are'), sparseFile('as-they-were', 16 * MIB)];
    writeFileSync(from, pages);
    const options = { channels, source: { path: from }, target: { path: to }, asTheyAre: true };
    await withChannels(options, async (open) => {
      expect(open.count).toBe(channels);
      await open.move(moved);
      await open.sync();
    });
    expect(Buffer.compare(readFileSync(to).subarray(3 * PAGE, 3 * PAGE + pages.length), pages)).toBe(0);
  });

  it('need threads where they come through memory', async () => {
    const [source, target] = [{ memory: shared(pages) }, { path: sparseFile('from-memory', 16 * MIB) }];
    const program = new URL('data:text/javascript,process.exit(7)');
    const open = new Channels(2, { source, target, asTheyAre: true }, program);
    const work = async () => {
      await open.join();
      for (;;) await open.move(moved);
    };
    expect(await errorOf(work())).toHaveProperty('message', expect.stringContaining('status 7'));
    await open.close();
  });
});

describe('an abort', () => {
  it('before the start starts nothing', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    expect(await errorOf(openChannels({ source: memoryOf(1), signal }))).toBe(reason);
  });

  it('ends what is under way with its reason', async () => {
    const path = sparseFile('endless', 2 ** 40);
    const controller = new AbortController();
    const { signal } = controller;
    await withChannels({ channels: 2, source: { path }, signal }, async (open) => {
      const stop = vi.fn(() => controller.abort('enough'));
      const moving = open.move({ pageSize: PAGE, readFrom: 0, pageCount: 2 ** 28, findZeros: true }, stop);
      expect(await errorOf(moving)).toBe('enough');
      expect(stop).toHaveBeenCalledTimes(1);
    });
  });

  it('does nothing to channels that are closed', async () => {
    const controller = new AbortController();
    await withChannels({ channels: 1, source: memoryOf(1), signal: controller.signal }, async () => {});
    controller.abort();
  });
});

it('channels that are closed while they work end at once, and refuse more', async () => {
  const path = sparseFile('closed', 2 ** 40);
  const open = await openChannels({ channels: 2, source: { path } });
  const moving = errorOf(open.move({ pageSize: PAGE, readFrom: 0, pageCount: 2 ** 28, findZeros: true }));
  await open.close();
  expect(await moving).toBeInstanceOf(TypeError);
  await expect(open.sync()).rejects.toThrow(TypeError);
  await open.close();
});

function memoryOf(pageCount: number): { memory: SharedArrayBuffer } {
  return { memory: new SharedArrayBuffer(pageCount * PAGE) };
}
