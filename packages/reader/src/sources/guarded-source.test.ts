import { loadCapture } from '@mapped-ram/fixtures';
import { expect, it } from 'vitest';
import type { ByteSource } from '../byte-source.js';
import { readClassicStream } from '../classic/read-classic-stream.js';
import { openSnapshot } from '../snapshot.js';
import { guardSource } from './guarded-source.js';
import { memorySource } from './memory-source.js';

const good = memorySource(new Uint8Array(8192), 'mine');

/** What is no source: one part of a good one is wrong. */
const wrongParts: Record<keyof ByteSource, readonly unknown[]> = {
  name: [undefined, null, 7, {}],
  sizeBytes: [undefined, null, Number.NaN, -1, 0.5, 8192n, '8192', Number.POSITIVE_INFINITY, 2 ** 53, {}],
  allocatedBytes: [null, Number.NaN, -1, 7n, '7'],
  preferredReadBytes: [null, Number.NaN, -1, 7n, '7'],
  isVmState: [null, 7, 'true'],
  dirtyBitmaps: [null, -1, 0.5, 7n, '7'],
  dataExtents: [null, [], 7],
  read: [undefined, null, 7, {}],
  close: [undefined, null, 7],
};

const notSources: readonly unknown[] = [
  'guest.mr',
  undefined,
  null,
  7,
  7n,
  [],
  {},
  new Uint8Array(8),
  new Blob([]),
  ...Object.entries(wrongParts).flatMap(([part, values]) =>
    values.map((value) => ({ ...good, [part]: value })),
  ),
];

it.each(notSources.map((source) => [source]))('%o is refused at once', async (wrong) => {
  const source = wrong as ByteSource;
  expect(() => guardSource(source)).toThrow(TypeError);
  await expect(openSnapshot(source, { tolerant: true })).rejects.toThrow(TypeError);
  await expect(readClassicStream(source, {} as never)).rejects.toThrow(TypeError);
});

it('tells who gives a path what opens one', () => {
  expect(() => guardSource('guest.mr' as never)).toThrow('openFileSource');
});

it.each([undefined, null, Number.NaN, -1, 0.5, 2 ** 40, '7', 7n])(
  'a read that returns %o is one of a bad source',
  async (filled) => {
    const source = { ...good, read: async () => filled as number };
    await expect(openSnapshot(source, { tolerant: true })).rejects.toThrow(TypeError);
  },
);

it('a read that returns less than there is is a short one', async () => {
  const source = guardSource({ ...good, read: async () => 3 });
  await expect(source.read(new Uint8Array(10), 100)).rejects.toMatchObject({
    code: 'short-read',
    byteOffset: 103,
    expected: 10,
    actual: 3,
  });
  expect(await guardSource(good).read(new Uint8Array(10), 8190)).toBe(2);
});

it.each([
  { byteOffset: 0, lengthBytes: 0 },
  { byteOffset: 0, lengthBytes: Number.NaN },
  { byteOffset: -4096, lengthBytes: 4096 },
  { byteOffset: 0, lengthBytes: 8193 },
  { byteOffset: 0n, lengthBytes: 1n },
])('data that lies nowhere, %o, is of a bad source', (extent) => {
  function* forever() {
    for (;;) yield extent as never;
  }
  const source = guardSource({ ...good, dataExtents: forever });
  expect(() => [...(source.dataExtents?.(0, 8192) ?? [])]).toThrow(TypeError);
});

it('a read that never comes back ends with the signal, and hears of it', async () => {
  const image = await loadCapture('qemu-10.0/none');
  let heard: AbortSignal | undefined;
  const hanging: ByteSource = {
    name: 'hanging',
    sizeBytes: image.sizeBytes,
    read: (_target, _offset, options) => {
      heard = options?.signal;
      return new Promise(() => {});
    },
    close: async () => {},
  };
  const controller = new AbortController();
  const opening = openSnapshot(hanging, { signal: controller.signal });
  await expect.poll(() => heard).toBe(controller.signal);
  controller.abort(new Error('enough'));
  await expect(opening).rejects.toThrow('enough');
  await expect(openSnapshot(hanging, { signal: AbortSignal.timeout(1) })).rejects.toThrow('timeout');
});

it('either of two signals ends a read', async () => {
  const source = { ...good, read: () => new Promise<number>(() => {}) };
  const [outer, own] = [new AbortController(), new AbortController()];
  const read = () => guardSource(source, outer.signal).read(new Uint8Array(1), 0, { signal: own.signal });
  const first = read();
  own.abort(new Error('own'));
  await expect(first).rejects.toThrow('own');
  const other = guardSource(source, outer.signal).read(new Uint8Array(1), 0);
  outer.abort(new Error('outer'));
  await expect(other).rejects.toThrow('outer');
});
