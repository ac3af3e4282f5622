import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { MessageLines } from './message-lines.js';
import { connectQmp, type QmpMessageSender } from './qmp-client.js';
import { QmpError } from './qmp-error.js';

const GREETING = `{"QMP": {"version": {"qemu": {"micro": 13, "minor": 0, "major": 10}, "package": "Debian 1:10"}, "capabilities": ["oob"]}}\r\n`;

/** A command as it arrived. */
interface ReceivedCommand {
  readonly execute: string;
  readonly arguments: Record<string, unknown>;
  readonly id: number;
}

/** The other end of a connection, for tests: hands on each command and sends what the test says, byte by byte if need be. */
interface FakeQemu {
  /** The end for the client. */
  readonly clientEnd: Duplex;
  send(text: string | Uint8Array): void;
  hangUp(): void;
}

/** @param answer is called for every command but qmp_capabilities, which succeeds by itself */
function fakeQemu(answer: (command: ReceivedCommand, qemu: FakeQemu) => void): FakeQemu {
  const [clientEnd, ownEnd] = duplexPair();
  const qemu: FakeQemu = { clientEnd, send: (text) => ownEnd.write(text), hangUp: () => ownEnd.end() };
  const lines = new MessageLines(1_000_000);
  ownEnd.on('data', (chunk: Buffer) => {
    for (const line of lines.push(chunk)) {
      const command = JSON.parse(Buffer.from(line).toString()) as ReceivedCommand;
      if (command.execute === 'qmp_capabilities') qemu.send(`{"return": {}, "id": ${command.id}}\r\n`);
      else answer(command, qemu);
    }
  });
  qemu.send(GREETING);
  return qemu;
}

const status = { running: false, status: 'prelaunch' };

describe('handshake', () => {
  test('tells the version of the greeting', async () => {
    const client = await connectQmp(fakeQemu(() => {}).clientEnd);
    expect(client.greeting.version).toEqual({ major: 10, minor: 0, micro: 13, package: 'Debian 1:10' });
    expect(client.greeting.capabilities).toEqual(['oob']);
    client.close();
  });

  test('works over a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qmp-test-'));
    const server = createServer((socket) => {
      socket.write(GREETING);
      socket.on('data', () => socket.write('{"return": {}, "id": 1}\r\n'));
    });
    try {
      const path = join(folder, 'qmp');
      await new Promise<void>((resolve) => server.listen(path, resolve));
      const client = await connectQmp(path);
      expect(client.greeting.version.major).toBe(10);
      client.close();
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('a path without a socket is a closed connection with the reason as cause', async () => {
    const error = await connectQmp('/nonexistent/qmp').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'qmp-closed' });
    expect(error).toHaveProperty('cause.code', 'ENOENT');
  });

  test('the greeting and the negotiation share one limit, and the signal ends both', async () => {
    for (const greets of [false, true]) {
      const [clientEnd, ownEnd] = duplexPair();
      if (greets) ownEnd.write(GREETING);
      const reason = new Error('enough');
      const controller = new AbortController();
      const connected = connectQmp(clientEnd, {
        timeoutMs: Number.POSITIVE_INFINITY,
        signal: controller.signal,
      });
      if (greets) await once(ownEnd, 'data');
      controller.abort(reason);
      await expect(connected).rejects.toBe(reason);
      expect(clientEnd.destroyed).toBe(true);
    }
    const [clientEnd, ownEnd] = duplexPair();
    ownEnd.write(GREETING);
    await expect(connectQmp(clientEnd, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'qmp-timeout' });
  });

  test('an answer that comes after the signal is dropped', async () => {
    const controller = new AbortController();
    const qemu = fakeQemu(({ id, execute }, { send }) => {
      if (execute === 'stop') controller.abort(new Error('enough'));
      else send(`{"return": {}, "id": ${id - 1}}\r\n{"return": 1, "id": ${id}}\r\n`);
    });
    const client = await connectQmp(qemu.clientEnd);
    await expect(client.execute('stop', {}, { signal: controller.signal })).rejects.toThrow('enough');
    expect(await client.execute('query-status')).toBe(1);
    client.close();
  });

  test('a silent peer runs into the time-out and its stream is destroyed', async () => {
    const [clientEnd] = duplexPair();
    await expect(connectQmp(clientEnd, { timeoutMs: 10 })).rejects.toMatchObject({ code: 'qmp-timeout' });
    expect(clientEnd.destroyed).toBe(true);
  });

  test('a peer that speaks something else is refused', async () => {
    const [clientEnd, peer] = duplexPair();
    peer.write('220 mail.example.org ESMTP\r\n');
    await expect(connectQmp(clientEnd)).rejects.toThrow('does not speak QMP');
  });
});

describe('commands', () => {
  test('sends the arguments and returns the answer', async () => {
    const qemu = fakeQemu((command, { send }) =>
      send(`{"return": ${JSON.stringify(command.arguments)}, "id": ${command.id}}\n`),
    );
    const client = await connectQmp(qemu.clientEnd);
    expect(await client.execute('migrate', { uri: 'file:ä' })).toEqual({ uri: 'file:ä' });
    client.close();
  });

  test('an error carries class and desc, and the connection goes on', async () => {
    const qemu = fakeQemu((command, { send }) =>
      send(
        command.execute === 'bad'
          ? `{"error": {"class": "CommandNotFound", "desc": "The command bad has not been found"}, "id": ${command.id}}\n`
          : `{"return": {}, "id": ${command.id}}\n`,
      ),
    );
    const client = await connectQmp(qemu.clientEnd);
    const error = await client.execute('bad').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(QmpError);
    expect(error).toMatchObject({
      command: 'bad',
      errorClass: 'CommandNotFound',
      desc: 'The command bad has not been found',
    });
    expect(await client.execute('good')).toEqual({});
    client.close();
  });

  test('overlapping commands get their own answers, in whichever order they come', async () => {
    const ids: number[] = [];
    const qemu = fakeQemu((command, { send }) => {
      ids.push(command.id);
      if (ids.length === 2) for (const id of ids.toReversed()) send(`{"return": ${id}, "id": ${id}}\n`);
    });
    const client = await connectQmp(qemu.clientEnd);
    const answers = await Promise.all([client.execute<number>('a'), client.execute<number>('b')]);
    expect(answers).toEqual(ids);
    client.close();
  });

  test('an answer after the time-out is dropped', async () => {
    const late: number[] = [];
    const qemu = fakeQemu((command, { send }) => {
      late.push(command.id);
      if (command.execute === 'quick') for (const id of late) send(`{"return": ${id}, "id": ${id}}\n`);
    });
    const client = await connectQmp(qemu.clientEnd);
    await expect(client.execute('slow', {}, { timeoutMs: 10 })).rejects.toMatchObject({
      code: 'qmp-timeout',
    });
    expect(await client.execute('quick')).toBe(late[1]);
    client.close();
  });
});

describe('messages that are sent in another way', () => {
  const echo = (command: ReceivedCommand, { send }: FakeQemu): void =>
    send(`{"return": "${command.execute}", "id": ${command.id}}\n`);

  test('the client sends what the sender left, and goes on', async () => {
    const qemu = fakeQemu(echo);
    const client = await connectQmp(qemu.clientEnd);
    const sendMessage: QmpMessageSender = (stream, message) => {
      expect(stream).toBe(qemu.clientEnd);
      stream.write(message.subarray(0, 3));
      return 3;
    };
    expect(await client.execute('add-fd', {}, { sendMessage })).toBe('add-fd');
    expect(await client.execute('query-fdsets')).toBe('query-fdsets');
    client.close();
  });

  test('nothing overtakes what was written before', async () => {
    const qemu = fakeQemu(echo);
    const client = await connectQmp(qemu.clientEnd);
    const waitingBytes: number[] = [];
    const sendMessage: QmpMessageSender = (stream, message) => {
      waitingBytes.push(stream.writableLength);
      stream.write(message);
      return message.length;
    };
    qemu.clientEnd.cork();
    const answers = [client.execute('before'), client.execute('add-fd', {}, { sendMessage })];
    expect(waitingBytes).toEqual([]);
    qemu.clientEnd.uncork();
    expect(await Promise.all(answers)).toEqual(['before', 'add-fd']);
    expect(waitingBytes).toEqual([0]);
    client.close();
  });

  test('what the sender throws rejects the command alone', async () => {
    const client = await connectQmp(fakeQemu(echo).clientEnd);
    const sendMessage = () => {
      throw new TypeError('not a socket');
    };
    await expect(client.execute('add-fd', {}, { sendMessage })).rejects.toThrow(TypeError);
    expect(await client.execute('query-status')).toBe('query-status');
    client.close();
  });

  test('a connection that ends first closes the command, and nothing is sent', async () => {
    const qemu = fakeQemu(echo);
    const client = await connectQmp(qemu.clientEnd);
    qemu.clientEnd.cork();
    const before = client.execute('before');
    const sendMessage = () => expect.unreachable();
    const command = client.execute('add-fd', {}, { sendMessage });
    client.close();
    await expect(command).rejects.toMatchObject({ code: 'qmp-closed' });
    await expect(before).rejects.toMatchObject({ code: 'qmp-closed' });
  });
});

describe('framing', () => {
  const message = `{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP", "data": {"why": "größer 𝕏"}}\r\n`;

  test.each([1, 2, 3, 7])('chunks of %i bytes', async (size) => {
    const qemu = fakeQemu(() => {});
    const client = await connectQmp(qemu.clientEnd);
    const stop = client.waitForEvent('STOP');
    const bytes = new TextEncoder().encode(message);
    for (let at = 0; at < bytes.length; at += size) qemu.send(bytes.subarray(at, at + size));
    expect(await stop).toEqual({
      event: 'STOP',
      data: { why: 'größer 𝕏' },
      timestamp: { seconds: 1, microseconds: 2 },
    });
    client.close();
  });

  test('several messages and half of the next in one chunk', async () => {
    const qemu = fakeQemu((command, { send }) => {
      const text = `${message}${message}{"return": ${JSON.stringify(status)}, "id": ${command.id}}\n${message}`;
      send(text.slice(0, -20));
      send(text.slice(-20));
    });
    const client = await connectQmp(qemu.clientEnd);
    let stops = 0;
    client.on('STOP', () => stops++);
    const third = client.waitForEvent('STOP', () => stops === 3);
    expect(await client.execute('query-status')).toEqual(status);
    await third;
    client.close();
  });
});

describe('events', () => {
  test('the predicate chooses, and the listener ends when asked', async () => {
    const qemu = fakeQemu(() => {});
    const client = await connectQmp(qemu.clientEnd);
    const seen: unknown[] = [];
    const end = client.on<{ status: string }>('MIGRATION', ({ data }) => seen.push(data.status));
    const completed = client.waitForEvent<{ status: string }>(
      'MIGRATION',
      ({ data }) => data.status === 'completed',
    );
    for (const state of ['setup', 'active', 'completed']) {
      qemu.send(`{"event": "MIGRATION", "data": {"status": "${state}"}}\n`);
    }
    expect((await completed).data.status).toBe('completed');
    end();
    const resume = client.waitForEvent('RESUME');
    qemu.send(`{"event": "MIGRATION", "data": {"status": "late"}}\n{"event": "RESUME"}\n`);
    await resume;
    expect(seen).toEqual(['setup', 'active', 'completed']);
    client.close();
  });

  test('an event that does not come is a time-out', async () => {
    const client = await connectQmp(fakeQemu(() => {}).clientEnd);
    await expect(client.waitForEvent('STOP', undefined, { timeoutMs: 10 })).rejects.toThrow(
      'no event STOP within 10 ms',
    );
    client.close();
  });
});

test('whatever waits is rejected when the peer hangs up, and so is what comes later', async () => {
  const qemu = fakeQemu((_command, { hangUp }) => hangUp());
  const client = await connectQmp(qemu.clientEnd);
  const event = client.waitForEvent('STOP');
  const answer = client.execute('quit');
  await expect(answer).rejects.toMatchObject({ code: 'qmp-closed' });
  await expect(event).rejects.toMatchObject({ code: 'qmp-closed' });
  await expect(client.execute('query-status')).rejects.toMatchObject({ code: 'qmp-closed' });
  client.close();
});
