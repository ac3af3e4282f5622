import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadCapture, SparseImage } from '@mapped-ram/fixtures';
import { afterEach, describe, expect, it } from 'vitest';
import type { ByteSource } from '../byte-source.js';
import type { RamBlock } from '../model.js';
import { openSnapshot } from '../snapshot.js';
import { cachedSource } from './cached-source.js';
import { countingSource } from './counting-source.js';
import { openHttpSource } from './http-source.js';
import { memorySource } from './memory-source.js';

const MIB = 1024 * 1024;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server, and how often it was asked. */
async function serve(answer: Answer) {
  const served = { requests: 0, url: '' };
  const server = createServer((request, response) => {
    served.requests++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/guest.mr?token=secret`;
  return served;
}

/** Serves ranges of a file. */
function ranges(image: ByteSource, headers: () => Record<string, string> = () => ({ etag: '"1"' })): Answer {
  return async ({ headers: { range = '' } }, response) => {
    const [from = 0, last = 0] = (/^bytes=(\d+)-(\d+)$/.exec(range)?.slice(1) ?? []).map(Number);
    const bytes = new Uint8Array(Math.max(0, Math.min(last + 1, image.sizeBytes) - from));
    if (bytes.length === 0) {
      response.writeHead(416, { 'content-range': `bytes */${image.sizeBytes}` }).end();
      return;
    }
    await image.read(bytes, from);
    const end = from + bytes.length - 1;
    response.writeHead(206, { 'content-range': `bytes ${from}-${end}/${image.sizeBytes}`, ...headers() });
    response.end(bytes);
  };
}

/** A snapshot of a guest with 1 GiB, of which about 100 MiB are in the file, as a kernel spreads them. */
async function gibibyteSnapshot(): Promise<{ image: SparseImage; setBytes: number }> {
  const small = await loadCapture('qemu-10.0/none');
  const [block] = (await openSnapshot(small)).ramBlocks as [RamBlock];
  const oldEnd = block.pagesOffset + block.usedLength;
  const added = 1024 * MIB - block.usedLength;
  const be64 = (value: number) => new Uint8Array(new BigUint64Array([BigInt(value)]).buffer).reverse();
  const image = new SparseImage('gibibyte', small.sizeBytes + added, [
    { byteOffset: 0, bytes: small.bytes(0, oldEnd) },
    { byteOffset: oldEnd + added, bytes: small.bytes(oldEnd, small.sizeBytes - oldEnd) },
  ])
    .patch(block.headerOffset - 8, be64(1024 * MIB))
    .patch(block.byteOffset - 8, be64(1024 * MIB + 4));
  const bits = new Uint8Array(32 * 1024);
  let setPages = 0;
  // 30 stretches of 3.3 MiB, with a page in 50 missing.
  for (let stretch = 0; stretch < 30; stretch++) {
    for (let page = stretch * 8700; page < stretch * 8700 + 845; page++) {
      if (page % 50 === 0) continue;
      bits[page >> 3] = (bits[page >> 3] ?? 0) | (1 << (page & 7));
      setPages++;
    }
  }
  image.patch(block.bitmapOffset, bits);
  return { image, setBytes: setPages * 4096 };
}

describe('an HTTP source', () => {
  it('reads what the server has, and shows no secret', async () => {
    const image = await loadCapture('qemu-10.0/none');
    const { url } = await serve(ranges(image));
    const source = await openHttpSource(url);
    expect(source.sizeBytes).toBe(image.sizeBytes);
    expect(source.name).not.toContain('secret');
    const target = new Uint8Array(10_000);
    expect(await source.read(target, image.sizeBytes - 5000)).toBe(5000);
    expect(target.subarray(0, 5000)).toEqual(image.bytes(image.sizeBytes - 5000, 5000));
    expect((await openSnapshot(source)).ramBlocks.length).toBe(1);
  });

  it('opens an empty file', async () => {
    const { url } = await serve(ranges(memorySource(new Uint8Array())));
    expect((await openHttpSource(url)).sizeBytes).toBe(0);
  });

  it.each<[string, Answer, string]>([
    ['is missing', (_, response) => response.writeHead(404).end(), 'status 404'],
    ['is sent whole', (_, response) => response.writeHead(200).end('QEVM'), 'serves no ranges'],
    ['has no size', (_, response) => response.writeHead(206).end('QEVM'), 'does not say'],
    [
      'is sent from elsewhere',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 7-10/99' }).end('QEVM'),
      'another range',
    ],
    [
      'is cut',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 0-98/99' }).end('QEVM'),
      'sent 4 of 99 bytes',
    ],
  ])('says so where the file %s', async (_, answer, reason) => {
    const { url } = await serve(answer);
    const error = await openHttpSource(url).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'read-failed', message: expect.stringContaining(reason) });
  });

  it('notices that the file became another one', async () => {
    let etag = '"1"';
    const { url } = await serve(ranges(await loadCapture('qemu-10.0/none'), () => ({ etag })));
    const source = await openHttpSource(url);
    etag = '"2"';
    await expect(source.read(new Uint8Array(8), MIB)).rejects.toMatchObject({ code: 'read-failed' });
  });

  it('takes no more than it asked for from a server that never ends', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-9/10' });
      const more = () => {
        while (!response.destroyed && response.write(new Uint8Array(64 * 1024)));
      };
      response.on('drain', more);
      more();
    });
    expect((await openHttpSource(url)).sizeBytes).toBe(10);
  });

  it('ends with its signal while the server is silent', async () => {
    const served = await serve(() => {});
    const controller = new AbortController();
    const opening = openHttpSource(served.url, { signal: controller.signal });
    await expect.poll(() => served.requests).toBe(1);
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
  });

  it.each([['not an address'], [7], [null]])('%o is no address', async (url) => {
    await expect(openHttpSource(url as never)).rejects.toThrow(TypeError);
  });
});

describe('a cached HTTP source', () => {
  it.each(['qemu-10.0/q35-devices', 'qemu-11.1/q35-devices'])(
    'opens %s in 6 requests at most',
    async (id) => {
      const image = await loadCapture(id);
      const served = await serve(ranges(image));
      const source = cachedSource(await openHttpSource(served.url));
      const snapshot = await openSnapshot(source);
      expect(snapshot.sections).toEqual((await openSnapshot(image)).sections);
      expect(served.requests).toBeLessThanOrEqual(6);
    },
  );

  it('reads all set pages of 1 GiB in 40 requests at most, and hardly more bytes than there are', async () => {
    const { image, setBytes } = await gibibyteSnapshot();
    const served = await serve(ranges(image));
    const source = cachedSource(await openHttpSource(served.url));
    const snapshot = await openSnapshot(source);
    const before = { requests: served.requests, bytes: source.requestedBytes };
    let bytes = 0;
    for await (const batch of snapshot.pages(snapshot.ramBlocks[0] as RamBlock)) {
      for (const run of batch) bytes += run.bytes.length;
    }
    expect(bytes).toBe(setBytes);
    expect(served.requests - before.requests).toBeLessThanOrEqual(40);
    expect(source.requestedBytes - before.bytes).toBeLessThanOrEqual(setBytes * 1.1);
  });
});

describe('a cached source', () => {
  const bytes = Uint8Array.from({ length: 3 * MIB + 77 }, (_, index) => (index * 7) ^ (index >> 11));

  it('gives the bytes of the source behind it, whatever is read', async () => {
    const source = cachedSource(memorySource(bytes), { blockBytes: 4096, cacheBytes: 64 * 1024 });
    let at = 12_345;
    for (let round = 0; round < 500; round++) {
      at = (at * 1_103_515_245 + 12_345) % 2 ** 31;
      const byteOffset = at % bytes.length;
      const target = new Uint8Array(at % 40_000);
      const filled = await source.read(target, byteOffset, { bulk: round % 5 === 0 });
      expect(filled).toBe(Math.min(target.length, bytes.length - byteOffset));
      expect(
        Buffer.compare(target.subarray(0, filled), bytes.subarray(byteOffset, byteOffset + filled)),
      ).toBe(0);
    }
  });

  it('asks once for what many want at once', async () => {
    const behind = countingSource(memorySource(bytes));
    const source = cachedSource(behind);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => source.read(new Uint8Array(100), index * 1000)),
    );
    expect(behind.reads).toBe(1);
    expect(source).toMatchObject({ requests: 1, requestedBytes: behind.bytesRead });
  });

  it('has no more requests under way than it may', async () => {
    let underWay = 0;
    let most = 0;
    const slow: ByteSource = {
      ...memorySource(bytes),
      read: async (target) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        return target.length;
      },
    };
    const source = cachedSource(slow, { maxRequests: 3, maxRequestBytes: 64 * 1024, blockBytes: 4096 });
    await source.read(new Uint8Array(2 * MIB), 0, { bulk: true });
    expect(most).toBe(3);
    expect(source.requests).toBe(32);
  });

  it('asks again after a failure', async () => {
    let fails = true;
    const memory = memorySource(bytes);
    const source = cachedSource({
      ...memory,
      read: (target, byteOffset) =>
        fails ? Promise.reject(new Error('gone')) : memory.read(target, byteOffset),
    });
    await expect(source.read(new Uint8Array(8), 0)).rejects.toThrow('gone');
    fails = false;
    expect(await source.read(new Uint8Array(8), 0)).toBe(8);
  });

  it.each([
    { blockBytes: 0 },
    { blockBytes: 1n },
    { cacheBytes: Number.NaN },
    { maxRequestBytes: -1 },
    { maxRequests: 0 },
    { maxRequests: '6' },
  ])('refuses %o', (options) => {
    expect(() => cachedSource(memorySource(bytes), options as never)).toThrow(/expected a/);
  });
});
