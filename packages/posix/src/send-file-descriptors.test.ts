import { closeSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sendFileDescriptors } from './send-file-descriptors.js';

const self = import.meta.filename;
const descriptorOf = (socket: Socket): number =>
  (socket as unknown as { _handle: { fd: number } })._handle.fd;

/** How many descriptors of this process lead to this file. Descriptors in flight are not among them. */
const openCount = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === self;
    } catch {
      return false;
    }
  }).length;

let folder: string;
let near: Socket;
let far: Socket;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mapped-ram-posix-'));
  const server = createServer();
  const path = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  near = createConnection(path);
  far = await accepted;
  server.close();
});
afterEach(() => {
  near.destroy();
  far.destroy();
  rmSync(folder, { recursive: true });
});

test('the bytes arrive', async () => {
  const fd = openSync(self, 'r');
  const received = new Promise<Buffer>((resolve) => far.once('data', resolve));
  const sent = sendFileDescriptors(descriptorOf(near), Buffer.from('hello'), [fd, fd, fd]);
  expect(sent).toBe(5);
  expect((await received).toString()).toBe('hello');
  // Node's reader drops descriptors that it did not ask for; ours stays open.
  expect(openCount()).toBe(1);
  closeSync(fd);
});

test('what does not travel', () => {
  const socket = descriptorOf(near);
  const byte = Buffer.from('x');
  expect(() => sendFileDescriptors(socket, new Uint8Array(0), [0])).toThrow(RangeError);
  expect(() => sendFileDescriptors(socket, byte, [])).toThrow(RangeError);
  expect(() => sendFileDescriptors(socket, byte, Array(254).fill(0))).toThrow(RangeError);
  expect(() => sendFileDescriptors(socket, byte, [1_000_000])).toThrow(
    expect.objectContaining({ code: 'EBADF', syscall: 'sendmsg' }),
  );
});

test('a full socket is EAGAIN, and what went out is counted', () => {
  far.pause();
  const socket = descriptorOf(near);
  const bytes = Buffer.alloc(1024 * 1024);
  let sent = 0;
  const fill = () => {
    for (;;) sent += sendFileDescriptors(socket, bytes, [0]);
  };
  expect(fill).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
  expect(sent).toBeGreaterThan(0);
});
