import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { connectQmp } from '@mapped-ram/qmp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SaveOptions } from './save-options.js';
import { saveSnapshot } from './save-snapshot.js';

const BLOCKS = `
              Block Name    PSize              Offset               Used              Total                HVA  RO
                  pc.ram    4 KiB  0x0000000000000000 0x0000000001000000 0x0000000001000000 0x00007f2d77e00000  rw
`;

/** What a QEMU with a guest says of itself. */
const FACTS: Readonly<Record<string, unknown>> = {
  'qom-get': 'pc-i440fx-10.0-machine',
  'query-target': { arch: 'x86_64' },
  'query-migrate-capabilities': [
    { capability: 'mapped-ram', state: false },
    { capability: 'multifd', state: false },
  ],
  'query-migrate-parameters': { 'max-bandwidth': 134_217_728, 'direct-io': false },
  'human-monitor-command': BLOCKS,
  'qom-list': [],
  'add-fd': { 'fdset-id': 0, fd: 7 },
  'query-fdsets': [],
};

/** A peer that behaves well until its guest is stopped, and what becomes of that. */
class Peer {
  readonly #server: Server;
  readonly heard: string[] = [];
  isRunning = true;
  isMigrating = false;

  /** @param hostile is asked first, once the guest was stopped, and says whether it did anything */
  constructor(hostile: (command: string, id: number, socket: Socket, peer: Peer) => boolean) {
    this.#server = createServer((socket) => {
      socket.write(
        '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 0, "major": 10}, "package": ""}, "capabilities": []}}\r\n',
      );
      let rest = '';
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const { execute, id } = JSON.parse(line) as { execute: string; id: number };
          this.heard.push(execute);
          if (execute === 'stop') this.isRunning = false;
          if (execute === 'cont') this.isRunning = true;
          const begins = execute === 'migrate';
          if (begins) this.isMigrating = true;
          if (execute === 'migrate_cancel') this.isMigrating = false;
          if (this.heard.includes('stop') && hostile(execute, id, socket, this)) continue;
          socket.write(`${JSON.stringify({ return: this.#answer(execute), id })}\r\n`);
        }
      });
    });
  }

  #answer(command: string): unknown {
    if (command === 'query-status') {
      return { running: this.isRunning, status: this.isRunning ? 'running' : 'paused' };
    }
    if (command === 'query-migrate') {
      const begun = this.heard.includes('migrate');
      return begun ? { status: this.isMigrating ? 'active' : 'cancelled' } : {};
    }
    return FACTS[command] ?? {};
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve) => this.#server.listen(path, resolve));
  }

  close(): Promise<unknown> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

const returns =
  (wanted: string, json: string) =>
  (command: string, id: number, socket: Socket): boolean => {
    if (command !== wanted) return false;
    socket.write(`{"return": ${json}, "id": ${id}}\r\n`);
    return true;
  };

/** Sends it in place of an answer, and says nothing more. */
const sends = (wanted: string, text: string) => {
  let isSent = false;
  return (command: string, _id: number, socket: Socket): boolean => {
    if (command === wanted && !isSent) {
      isSent = true;
      socket.write(text);
    }
    return isSent;
  };
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(scratchParent, 'migrate-peer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a peer that turns hostile while it saves', () => {
  it.each([
    ['says nonsense of the migration', 'bad-qmp-result', returns('query-migrate', '{"status": 5}')],
    ['says null of the migration', 'bad-qmp-result', returns('query-migrate', 'null')],
    ['has memory of no number', 'bad-qmp-result', returns('query-migrate', '{"ram": {"total": 1e999}}')],
    [
      'refuses to tell',
      'qmp-refused',
      (command: string, id: number, socket: Socket) => {
        if (command !== 'query-migrate') return false;
        return socket.write(`{"error": {"class": "GenericError", "desc": "no"}, "id": ${id}}\r\n`) || true;
      },
    ],
    [
      'refuses to migrate',
      'qmp-refused',
      (command: string, id: number, socket: Socket) => {
        if (command !== 'migrate') return false;
        return socket.write(`{"error": {"class": "GenericError", "desc": "no"}, "id": ${id}}\r\n`) || true;
      },
    ],
    ['speaks no QMP any more', 'bad-qmp-message', sends('query-migrate', 'null\r\n')],
    ['speaks no QMP from the beginning of it', 'bad-qmp-message', sends('migrate', '5')],
    [
      'sends a line without an end',
      'bad-qmp-message',
      sends('migrate', `{"return": "${'a'.repeat(17 << 20)}`),
    ],
    ['answers what was not asked', 'bad-qmp-message', sends('migrate', '{"return": {}, "id": 4096}\r\n')],
    ['greets again', 'bad-qmp-message', sends('query-migrate', '{"QMP": {}}\r\n')],
  ] as const)(
    '%s: the guest runs on, nothing is under way, and there is no file',
    async (what, code, hostile) => {
      const peer = new Peer(hostile);
      await peer.listen(join(folder, 'qmp.sock'));
      try {
        const qmp = await connectQmp(join(folder, 'qmp.sock'));
        const saved = saveSnapshot(qmp, join(folder, 'vm.mr'));
        await expect(saved).rejects.toMatchObject({ code });
        qmp.close();
      } finally {
        // What was sent is heard by now, or when the connection ends.
        await peer.close();
      }
      expect(peer.heard).toContain('stop');
      expect(peer.isRunning).toBe(true);
      if (what !== 'refuses to migrate') expect(peer.isMigrating).toBe(false);
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});

const saysNothingTo =
  (...silent: readonly string[]) =>
  (command: string): boolean =>
    silent.includes(command);

describe('a peer that leaves commands without an answer', () => {
  async function saveAt(
    hostile: (command: string) => boolean,
    options: SaveOptions,
    onHeard: (command: string) => void = () => {},
  ) {
    const peer = new Peer((command) => {
      onHeard(command);
      return hostile(command);
    });
    await peer.listen(join(folder, 'qmp.sock'));
    try {
      const qmp = await connectQmp(join(folder, 'qmp.sock'));
      const error = await saveSnapshot(qmp, join(folder, 'vm.mr'), options).catch((reason) => reason);
      qmp.close();
      return { peer, error };
    } finally {
      await peer.close();
    }
  }

  it.each([
    ['stop', saysNothingTo('stop'), 'no answer to stop within 50 ms'],
    ['stop and all that follows', () => true, 'no answer to stop within 50 ms'],
    ['migrate', saysNothingTo('migrate'), 'no answer to migrate within 50 ms'],
    [
      'the settings',
      saysNothingTo('migrate-set-parameters'),
      'no answer to migrate-set-parameters within 50 ms',
    ],
  ] as const)(
    '%s: is given up after --answer-timeout, and the guest is told to go on',
    async (_, hostile, words) => {
      const { peer, error } = await saveAt(hostile, { answerTimeoutMs: 50 });
      expect(error).toMatchObject({ code: 'qmp-timeout', message: words });
      expect(peer.heard).toContain('cont');
      expect(peer.isRunning).toBe(true);
      expect(peer.isMigrating).toBe(false);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.each([
    ['stop', 'stop'],
    ['how far the migration is', 'query-migrate'],
  ] as const)('%s: the signal ends the waiting, and the guest is told to go on', async (_, silent) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let wasSilent = false;
    const hostile = (command: string): boolean => {
      if (command !== silent || wasSilent) return false;
      wasSilent = true;
      return true;
    };
    const { peer, error } = await saveAt(hostile, { signal: controller.signal }, (command) => {
      if (command === silent) controller.abort(reason);
    });
    expect(error).toBe(reason);
    expect(peer.isRunning).toBe(true);
    expect(peer.isMigrating).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
