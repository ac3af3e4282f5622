import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectQmp } from './qmp-client.js';
import { shape, truth } from './result-shape.js';

const GREETING = `{"QMP": {"version": {"qemu": {"micro": 13, "minor": 0, "major": 10}, "package": ""}, "capabilities": []}}\r\n`;

/** A peer that negotiates; what it hears afterwards, and its end of the connection. */
async function connected() {
  const [near, peer] = duplexPair();
  const heard: string[] = [];
  peer.on('data', (chunk: Buffer) => {
    for (const line of String(chunk).trim().split('\n')) {
      const { execute, id } = JSON.parse(line) as { execute: string; id: number };
      if (execute === 'qmp_capabilities') peer.write(`{"return": {}, "id": ${id}}\r\n`);
      else heard.push(execute);
    }
  });
  peer.write(GREETING);
  return { client: await connectQmp(near), peer: peer as Duplex, heard };
}

describe('a peer that sends what is no QMP', () => {
  it('fails what waits and what comes, and is still sent commands: a guest may have to go on', async () => {
    const { client, peer, heard } = await connected();
    const waiting = [client.execute('migrate', {}, { timeoutMs: Infinity }), client.waitForEvent('STOP')];
    peer.write('null\r\n');
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'bad-qmp-message' });
    await expect(client.execute('cont')).rejects.toMatchObject({ code: 'bad-qmp-message' });
    await expect(client.waitForEvent('STOP')).rejects.toMatchObject({ code: 'bad-qmp-message' });
    client.close();
    expect(heard).toEqual(['migrate', 'cont']);
  });

  it('is not believed any more', async () => {
    const { client, peer } = await connected();
    const seen: string[] = [];
    client.on('STOP', ({ event }) => seen.push(event));
    peer.write('{"event": "STOP"}\r\nnull\r\n{"event": "STOP"}\r\n');
    await expect(client.execute('query-status')).rejects.toMatchObject({ code: 'bad-qmp-message' });
    expect(seen).toEqual(['STOP']);
    client.close();
  });
});

describe('a result of the wrong type', () => {
  it('says the command, what was wanted and what came, and the connection goes on', async () => {
    const { client, peer } = await connected();
    const asked = client.execute('query-status', {}, { result: shape({ running: truth }) });
    peer.write('{"return": {"running": "\\u001b[31m"}, "id": 2}\r\n');
    await expect(asked).rejects.toMatchObject({
      code: 'bad-qmp-result',
      path: 'query-status.running',
      expected: 'true or false',
      actual: '"\\u001b[31m"',
    });
    const next = client.execute('query-status', {}, { result: shape({ running: truth }) });
    peer.write('{"return": {"running": true, "more": 1}, "id": 3}\r\n');
    expect(await next).toEqual({ running: true });
    client.close();
  });
});

it('refuses with a QmpError, whose message is short', async () => {
  const { client, peer } = await connected();
  const asked = client.execute('quit');
  peer.write(`{"error": {"class": "GenericError", "desc": "${'x'.repeat(100_000)}"}, "id": 2}\r\n`);
  const error = await asked.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'qmp-refused', errorClass: 'GenericError' });
  expect((error as Error).message.length).toBeLessThan(1100);
  client.close();
});

it('a predicate that throws ends the wait alone', async () => {
  const { client, peer } = await connected();
  const waiting = client.waitForEvent('STOP', () => {
    throw new TypeError('of the caller');
  });
  peer.write('{"event": "STOP"}\r\n');
  await expect(waiting).rejects.toThrow(TypeError);
  const next = client.waitForEvent('RESUME');
  peer.write('{"event": "RESUME"}\r\n');
  await next;
  client.close();
});

describe('a socket of libvirt', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qmp-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(['libvirt-sock', 'libvirt-sock-ro', 'virtqemud-sock', 'virtqemud-admin-sock'])(
    '%s is known by its name',
    async (name) => {
      await expect(connectQmp(join(folder, 'libvirt', name))).rejects.toThrow(
        expect.objectContaining({ code: 'bad-qmp-message', message: expect.stringContaining('libvirt') }),
      );
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'that is a monitor which libvirt holds is told of at once',
    async () => {
      const path = join(folder, 'libvirt/qemu/domain-1-vm/monitor.sock');
      mkdirSync(dirname(path), { recursive: true });
      const sockets: Socket[] = [];
      // One client at a time, as QEMU.
      const server = createServer((socket) => {
        sockets.push(socket);
        socket.write(GREETING);
        socket.on('data', () => socket.write('{"return": {}, "id": 1}\r\n'));
      });
      try {
        await new Promise<void>((resolve) => server.listen(path, resolve));
        const libvirt = await connectQmp(path);
        await expect(connectQmp(path, { timeoutMs: Infinity })).rejects.toMatchObject({ code: 'qmp-taken' });
        libvirt.close();
      } finally {
        for (const socket of sockets) socket.destroy();
        server.close();
      }
    },
  );
});

it.skipIf(process.platform !== 'linux')('silence has the reason that can be known', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-'));
  const path = join(folder, 'qmp.sock');
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  try {
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await expect(connectQmp(path, { timeoutMs: 50 })).rejects.toThrow('what listens there says nothing');
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  }
});
