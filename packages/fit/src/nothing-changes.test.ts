import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOrLast, loadCapture } from '@mapped-ram/fixtures';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeDestination } from './describe-destination.js';
import { fitSnapshot } from './fit-snapshot.js';
import { startDestination } from './start-destination.js';

const DISK_BYTES = 1024 * 1024;

describe.each(allOrLast(QEMU_VERSIONS))('a destination of QEMU %s', (version) => {
  const program = findQemu(version);
  const missing = program.kind === 'missing' ? ` (missing tool: ${program.reason})` : '';
  const usual = process.env.TMPDIR;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mapped-ram-unchanged-'));
    process.env.TMPDIR = join(folder, 'tmp');
    mkdirSync(process.env.TMPDIR);
  });
  afterEach(() => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    rmSync(folder, { recursive: true });
  });

  it.skipIf(missing !== '')(
    `keeps its disks, sends nothing, and leaves nothing behind${missing}`,
    async () => {
      if (program.kind === 'missing') return;
      const disk = join(folder, 'disk.raw');
      writeFileSync(disk, Buffer.alloc(DISK_BYTES, 7));
      const before = stateOf(disk);
      const peer = await listen();
      const started = await startDestination([
        '/usr/bin/env',
        ...Object.entries(program.env).map(([name, value]) => `${name}=${value}`),
        program.file,
        ...program.args,
        ...['-nodefaults', '-machine', 'pc', '-m', '32M'],
        ...['-drive', `if=none,id=d,file=${disk},format=raw`, '-device', 'virtio-blk-pci,drive=d,addr=4'],
        ...['-netdev', `socket,id=n,connect=127.0.0.1:${peer.port}`, '-device', 'e1000,netdev=n,addr=5'],
      ]);
      const image = await loadCapture(`qemu-${version}/pc`);
      const path = join(folder, 'guest.mr');
      await image.writeTo(path);
      const snapshot = stateOf(path);
      const source = await openFileSource(path);
      try {
        const destination = await describeDestination(started.qmp);
        expect(destination.states.map(({ idstr }) => idstr)).toContain('0000:00:04.0/virtio-blk');
        await fitSnapshot(source, destination);
        expect(await started.qmp.execute('query-status')).toMatchObject({ running: false });
      } finally {
        await source.close();
        await started.end();
      }
      expect(await peer.received()).toBe(0);
      expect(stateOf(disk)).toEqual(before);
      expect(stateOf(path)).toEqual(snapshot);
      expect(readdirSync(tmpdir())).toEqual([]);
    },
  );
});

/** What a file holds, and when it was written. */
function stateOf(path: string): { readonly hash: string; readonly modifiedMs: number } {
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { hash, modifiedMs: statSync(path).mtimeMs };
}

interface Peer {
  readonly port: number;
  /** Bytes that came, until now; the peer is gone then. */
  received(): Promise<number>;
}

/** The other end of the guest's network. */
async function listen(): Promise<Peer> {
  let bytes = 0;
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    received: () =>
      new Promise((resolve) => {
        server.close(() => resolve(bytes));
      }),
  };
}
