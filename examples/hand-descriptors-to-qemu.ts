// Has QEMU save its guest into descriptors that it is handed, or load from them: it needs no right to the folder. With multifd
// and direct I/O, for which the descriptors have to be just the right ones.
//
//   node hand-descriptors-to-qemu.ts save vm.mr qemu-system-x86_64 -M none -m 64k
//   node hand-descriptors-to-qemu.ts restore vm.mr qemu-system-x86_64 -M none -m 64k

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addFdset,
  checkFdset,
  formatMigrationUri,
  inheritedArguments,
  inspectDescriptors,
  openFdset,
  removeFdset,
} from '@mapped-ram/fdset';
import { connectQmp, type QmpClient } from '@mapped-ram/qmp';

const SETTINGS = { multifd: true, directIo: true };

const [role, path, program, ...args] = process.argv.slice(2);
if ((role !== 'save' && role !== 'restore') || path === undefined || program === undefined) {
  throw new Error('usage: hand-descriptors-to-qemu.ts save|restore SNAPSHOT QEMU ARGUMENT...');
}

/** Starts a paused QEMU, does something with it, and ends it. */
async function withQemu(
  more: readonly string[],
  stdio: readonly ('ignore' | 'inherit' | 'pipe' | number)[],
  act: (qemu: QmpClient) => Promise<void>,
): Promise<void> {
  const room = await mkdtemp(join(tmpdir(), 'descriptors-'));
  const socket = join(room, 'qmp');
  const own = ['-S', '-display', 'none', '-qmp', `unix:${socket},server=on,wait=off`, ...more];
  const child = spawn(program as string, [...args, ...own], { stdio: [...stdio] });
  const ended = once(child, 'exit');
  try {
    const qemu = await connectWhenThere(socket, ended);
    await qemu.execute('migrate-set-capabilities', {
      capabilities: ['mapped-ram', 'multifd', 'events'].map((capability) => ({ capability, state: true })),
    });
    await qemu.execute('migrate-set-parameters', { 'multifd-channels': 2, 'direct-io': SETTINGS.directIo });
    await act(qemu);
    qemu.close();
  } finally {
    child.kill();
    await ended;
    await rm(room, { recursive: true, force: true });
  }
}

async function connectWhenThere(socket: string, ended: Promise<unknown>): Promise<QmpClient> {
  let isOver = false;
  ended.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  for (;;) {
    try {
      return await connectQmp(socket);
    } catch (error) {
      if (isOver) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function migrate(
  qemu: QmpClient,
  command: 'migrate' | 'migrate-incoming',
  fdsetId: number,
): Promise<void> {
  const over = qemu.waitForEvent('MIGRATION', ({ data }) =>
    ['completed', 'failed'].includes(String(data.status)),
  );
  const [{ data }] = await Promise.all([
    over,
    qemu.execute(command, { uri: formatMigrationUri({ fdsetId }) }),
  ]);
  if (data.status !== 'completed') throw new Error(`QEMU: ${data.status}`);
}

const set = openFdset(path, { role: role === 'save' ? 'save' : 'load', ...SETTINGS });
// The wrong descriptors kill QEMU, and the guest with it: look before it is asked.
const { outcome, findings } = checkFdset(
  role === 'save' ? 'save' : 'load',
  SETTINGS,
  inspectDescriptors(set.descriptors),
);
if (outcome !== 'works') throw new Error(findings.map(({ message }) => message).join('; '));

if (role === 'save') {
  // To a QEMU that runs, over its monitor.
  await withQemu([], ['ignore', 'inherit', 'inherit'], async (qemu) => {
    const fdsetId = await addFdset(qemu, set.descriptors);
    set.close();
    await migrate(qemu, 'migrate', fdsetId);
    await removeFdset(qemu, fdsetId);
  });
} else {
  // To a QEMU that is started, by inheritance.
  const inherited = inheritedArguments(set.descriptors, {
    fdsetId: 1,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await withQemu([...inherited.args, '-incoming', 'defer'], inherited.stdio, (qemu) =>
    migrate(qemu, 'migrate-incoming', 1),
  );
  set.close();
}
console.log(`${path}: ${role === 'save' ? 'saved' : 'restored'} through descriptors`);
