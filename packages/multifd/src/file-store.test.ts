import { closeSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { MappedRamError } from '@mapped-ram/format/errors';
import { takeErrorApart } from '@mapped-ram/posix';
import { expect, it, vi } from 'vitest';
import { type FileCalls, FileStore } from './file-store.js';
import { MUTEX_BYTES, Mutex } from './mutex.js';
import type { Purpose } from './place.js';
import { createSharedMemory } from './shared-memory.js';
import { scratchFolder } from './testing/scratch.js';

const inScratch = scratchFolder();
const content = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);

/** Runs `act` on a store over a file with `content`; `calls` stand in for the system's. */
function withStore<T>(
  { purpose, calls, direct = false }: { purpose: Purpose; calls?: Partial<FileCalls>; direct?: boolean },
  act: (store: FileStore, path: string, onNoDirectIo: ReturnType<typeof vi.fn>) => T,
): T {
  const path = inScratch('file');
  writeFileSync(path, content);
  const { dev: device, ino: inode, size } = statSync(path, { bigint: true });
  const file = { path, directIo: direct, writeback: true, device, inode, sizeBytes: Number(size) };
  const descriptor = openSync(path, 'r+');
  // Not opened with O_DIRECT: what tells it apart here is only its number.
  const directDescriptor = direct ? openSync(path, 'r+') : undefined;
  const onNoDirectIo = vi.fn();
  const open = { file, purpose, descriptor, directDescriptor };
  try {
    const store = new FileStore(open, onNoDirectIo, new Mutex(new SharedArrayBuffer(MUTEX_BYTES)), {
      read: readSync,
      write: writeSync,
      ...calls,
    });
    return act(store, path, onNoDirectIo);
  } finally {
    closeSync(descriptor);
    if (directDescriptor !== undefined && onNoDirectIo.mock.calls.length === 0) closeSync(directDescriptor);
  }
}

function failureOf(act: () => void) {
  try {
    act();
  } catch (error) {
    if (error instanceof MappedRamError) return takeErrorApart(error);
    throw error;
  }
  throw new Error('nothing was thrown');
}

const systemError = (code: string) => Object.assign(new Error(`${code}: said the test`), { code, errno: -1 });
const memory = () => new Uint8Array(createSharedMemory(0x10000).buffer);

it('completes short reads', () => {
  const read: FileCalls['read'] = (descriptor, bytes, offset, lengthBytes, byteOffset) =>
    readSync(descriptor, bytes, offset, Math.min(lengthBytes, 777), byteOffset);
  const target = withStore({ purpose: 'read', calls: { read } }, (store) => {
    const bytes = new Uint8Array(5000);
    store.read(bytes, 1000);
    return bytes;
  });
  expect(target).toEqual(content.subarray(1000, 6000));
});

it('completes short writes', () => {
  const write: FileCalls['write'] = (descriptor, bytes, offset, lengthBytes, byteOffset) =>
    writeSync(descriptor, bytes, offset, Math.min(lengthBytes, 777), byteOffset);
  withStore({ purpose: 'write', calls: { write } }, (store, path) => {
    store.write(new Uint8Array(5000).fill(255), 1000);
    const written = new Uint8Array(5002);
    const descriptor = openSync(path, 'r');
    readSync(descriptor, written, 0, 5002, 999);
    closeSync(descriptor);
    expect(written).toEqual(
      Uint8Array.of(content[999] ?? 0, ...new Array(5000).fill(255), content[6000] ?? 0),
    );
  });
});

it('tells a file that ends before the pages from one that became shorter', () => {
  const end = withStore({ purpose: 'read' }, (store) =>
    failureOf(() => store.read(new Uint8Array(100), 19_950)),
  );
  expect(end).toMatchObject({ code: 'unexpected-end', byteOffset: 20_000 });
  const shorter = withStore({ purpose: 'read', calls: { read: () => 0 } }, (store) =>
    failureOf(() => store.read(new Uint8Array(100), 500)),
  );
  expect(shorter).toMatchObject({ code: 'short-read', byteOffset: 500 });
});

it.each(['read', 'write'] as const)(
  'reports a failed %s with its place, after a part was moved',
  (purpose) => {
    let calls = 0;
    const call = () => {
      if (calls++ === 0) return 1000;
      throw systemError('EIO');
    };
    const failure = withStore({ purpose, calls: { [purpose]: call } }, (store) =>
      failureOf(() => store[purpose](new Uint8Array(4096), 8192)),
    );
    expect(failure).toMatchObject({
      code: `${purpose}-failed`,
      byteOffset: 9192,
      system: { code: 'EIO', errno: -1 },
    });
  },
);

it('reports a write that takes nothing', () => {
  const failure = withStore({ purpose: 'write', calls: { write: () => 0 } }, (store) =>
    failureOf(() => store.write(new Uint8Array(10), 5)),
  );
  expect(failure).toMatchObject({ code: 'write-failed', byteOffset: 5 });
});

it('moves head and tail through the page cache and the middle directly', () => {
  const steps: [descriptor: number, byteOffset: number, lengthBytes: number][] = [];
  const read: FileCalls['read'] = (descriptor, bytes, offset, lengthBytes, byteOffset) => {
    steps.push([descriptor, byteOffset, lengthBytes]);
    return readSync(descriptor, bytes, offset, lengthBytes, byteOffset);
  };
  const bytes = memory().subarray(1000, 1000 + 12_000);
  withStore({ purpose: 'read', calls: { read }, direct: true }, (store) => store.read(bytes, 1000));
  const [cached, direct] = [steps[0]?.[0], steps[1]?.[0]];
  expect(steps).toEqual([
    [cached, 1000, 3096],
    [direct, 4096, 8192],
    [cached, 12_288, 712],
  ]);
  expect(direct).not.toBe(cached);
  expect(bytes).toEqual(content.subarray(1000, 13_000));
});

it('goes through the page cache for good when a direct transfer is refused', () => {
  const descriptors = new Set<number>();
  const read: FileCalls['read'] = (descriptor, bytes, offset, lengthBytes, byteOffset) => {
    descriptors.add(descriptor);
    if (byteOffset === 4096 && descriptors.size === 1) throw systemError('EINVAL');
    return readSync(descriptor, bytes, offset, lengthBytes, byteOffset);
  };
  withStore({ purpose: 'read', calls: { read }, direct: true }, (store, path, onNoDirectIo) => {
    const bytes = memory().subarray(0, 8192);
    store.read(bytes, 4096);
    store.read(bytes, 8192);
    expect(bytes).toEqual(content.subarray(8192, 16_384));
    expect(onNoDirectIo).toHaveBeenCalledTimes(1);
    expect(onNoDirectIo.mock.calls[0]).toMatchObject([{ path }, { code: 'EINVAL' }]);
  });
  expect(descriptors.size).toBe(2);
});

it('does not take another failure of a direct transfer for a lack of direct I/O', () => {
  const read = () => {
    throw systemError('EIO');
  };
  withStore({ purpose: 'read', calls: { read }, direct: true }, (store, _, onNoDirectIo) => {
    expect(failureOf(() => store.read(memory().subarray(0, 4096), 0))).toMatchObject({ code: 'read-failed' });
    expect(onNoDirectIo).not.toHaveBeenCalled();
  });
});
