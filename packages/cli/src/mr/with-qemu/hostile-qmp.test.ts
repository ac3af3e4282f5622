import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allOrFew, loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HostileMode, hostileModes, playHostile } from '../../testing/hostile-qmp.js';
import { runMr } from '../../testing/run-mr.js';

const hostileQemu = fileURLToPath(new URL('../../../dist/testing/hostile-qemu.js', import.meta.url));

/** What never comes is not waited for long, and for the rest no machine is too slow. */
const secondsFor = ({ code }: HostileMode) => (code === 'qmp-timeout' ? '0.3' : '600');

const UNPRINTABLE = /[^\n\P{C}]/u;

let folder: string;
let guest: string;
let server: Server | undefined;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-hostile-qmp-'));
  guest = at('guest.mr');
  await (await loadCapture('qemu-10.0/pc')).writeTo(guest);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  expect(readdirSync(folder)).toEqual(['guest.mr']);
});

async function listen(mode: HostileMode): Promise<string> {
  const socket = at('qmp.sock');
  server = createServer({ allowHalfOpen: true }, (stream) => playHostile(mode, stream));
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  return socket;
}

function expectOneLine(text: string, command: string): void {
  expect(text).toMatch(/^[^\n]+\n$/);
  expect(text).not.toMatch(UNPRINTABLE);
  expect(text.startsWith(`mr ${command}: `)).toBe(true);
  expect(text).not.toMatch(/fault of this program|undefined|\bat .*:\d+:\d+/);
  expect(text.length).toBeLessThan(1_500);
}

const someModes = hostileModes.filter((_, index) => index % 16 === 0);

describe.each(allOrFew(hostileModes, someModes))('a peer with $name', (mode) => {
  it.each([
    ['save', ['save', '--force', 'new.mr']],
    ['restore', ['restore', 'guest.mr']],
    ['preflight', ['preflight', 'save', 'new.mr']],
    ['preflight', ['preflight', 'restore', 'guest.mr']],
  ])('is told of by mr %s in one line', async (command, [name = '', ...args]) => {
    const socket = await listen(mode);
    const file = at(args.pop() ?? '');
    const options = ['--qmp', socket, '--qmp-timeout', secondsFor(mode), '--format', 'json'];
    const { status, out, err } = await runMr(name, ...options, ...args, file);
    expectOneLine(err, command);
    const { error } = JSON.parse(out);
    expect(['qmp-closed', 'qemu-gone']).toContain(mode.code === 'closed' ? error.code : 'qmp-closed');
    if (mode.code !== 'closed') expect(error.code).toBe(mode.code);
    expect(out).not.toMatch(UNPRINTABLE);
    expect([1, 2]).toContain(status);
  });

  it('is told of by mr clone --run in one line', async () => {
    const options = ['--run', '--qmp-timeout', secondsFor(mode)];
    const { status, out, err } = await runMr(
      ...['clone', guest, ...options, '--', process.execPath, hostileQemu, mode.name],
    );
    // Of the file, not of the peer.
    expectOneLine(err.replace(/^mr clone: warning: .*\n/gm, ''), 'clone');
    expect(out).toBe('');
    expect(status).toBe(1);
  });
});
