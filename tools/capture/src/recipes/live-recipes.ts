import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configureMigration, type QemuVersion, type QemuVm } from '@mapped-ram/tool-qemu';
import { dirtyingFirmware, emptyingFirmware, GUEST_SWITCH_ADDRESS } from '../guests.js';
import { MIB, pcMachine } from '../machines.js';
import type { Recipe, SaveContext } from '../recipe.js';
import { numaMachine } from './memory-recipes.js';

const RUNNING = ['setup', 'active', 'device', 'cancelling'];
const memory = { name: 'ram0', sizeBytes: 8 * MIB };

interface MigrationInfo {
  readonly status: string;
  readonly ram?: { readonly 'dirty-sync-count': number; readonly 'normal-bytes': number };
}

/** Asks until the migration is as wanted. */
async function untilMigration(vm: QemuVm, wanted: (info: MigrationInfo) => boolean): Promise<void> {
  for (let asked = 0; asked < 1000; asked++) {
    const info = await vm.qmp.execute<MigrationInfo>('query-migrate');
    if (wanted(info)) return;
    if (!RUNNING.includes(info.status)) throw new Error(`the save ended: ${JSON.stringify(info)}`);
    await sleep(20);
  }
  throw new Error('the save did not get there in 20 s');
}

async function setGuestSwitch(vm: QemuVm): Promise<void> {
  const file = await open(join(vm.folder, memory.name), 'r+');
  try {
    await file.write(Uint8Array.of(1), 0, 1, GUEST_SWITCH_ADDRESS);
  } finally {
    await file.close();
  }
}

/**
 * Saves while the guest writes. The guest writes more than the bandwidth lets through in the allowed downtime, so the save goes
 * round and round until the guest is told to be quiet; by then each of its pages has been stored, and half of them become zero.
 */
async function saveWhileGuestWrites({ vm, settings }: SaveContext): Promise<void> {
  await configureMigration(vm, settings);
  await vm.qmp.execute('cont');
  await sleep(100);
  await vm.qmp.execute('migrate', { uri: settings.uri });
  await untilMigration(vm, ({ ram }) => (ram?.['dirty-sync-count'] ?? 0) >= 4);
  await setGuestSwitch(vm);
  await untilMigration(vm, ({ status }) => status === 'completed');
}

/** The first page that the guest makes zero. */
const FIRST_ZEROED_ADDRESS = 0x10000;

/** Waits until the guest has made its first page zero. */
async function untilGuestZeroed(vm: QemuVm): Promise<void> {
  const file = await open(join(vm.folder, memory.name), 'r');
  try {
    const word = Buffer.alloc(2);
    for (let asked = 0; asked < 10_000; asked++) {
      await file.read(word, 0, 2, FIRST_ZEROED_ADDRESS);
      if (word.readUInt16LE() === 0) return;
      await sleep(1);
    }
    throw new Error('the guest did not become quiet in 10 s');
  } finally {
    await file.close();
  }
}

/** The same, but the guest is stopped before the save is through with what it wrote. */
async function stopWhileSaving({ vm, settings }: SaveContext): Promise<void> {
  await configureMigration(vm, settings);
  await vm.qmp.execute('cont');
  await sleep(100);
  await vm.qmp.execute('migrate', { uri: settings.uri });
  await untilMigration(vm, ({ ram }) => (ram?.['dirty-sync-count'] ?? 0) >= 4);
  await setGuestSwitch(vm);
  await untilGuestZeroed(vm);
  await vm.qmp.execute('stop');
  await untilMigration(vm, ({ status }) => status === 'completed');
}

/** Begins a save that is so slow that it does not end by itself. */
async function beginSlowSave({ vm, settings }: SaveContext): Promise<void> {
  await configureMigration(vm, settings);
  await vm.qmp.execute('migrate', { uri: settings.uri });
  await untilMigration(vm, ({ ram }) => (ram?.['normal-bytes'] ?? 0) > 0);
}

async function cancelSave(context: SaveContext): Promise<void> {
  const { vm } = context;
  await beginSlowSave(context);
  await vm.qmp.execute('migrate_cancel');
  await untilMigration(vm, ({ status }) => status === 'cancelled');
}

async function killWhileSaving(context: SaveContext): Promise<void> {
  await beginSlowSave(context);
  context.vm.process.kill('SIGKILL');
  await context.vm.exit;
}

const SLOW = { 'max-bandwidth': MIB, 'downtime-limit': 10 };
const pc = (version: QemuVersion) => pcMachine(`pc-i440fx-${version}`, memory);

/** Guests that run while they are saved, and saves that do not end. */
export const LIVE_RECIPES: readonly Recipe[] = [
  {
    name: 'live',
    what: 'A guest that writes pages and then zeroes half of them while it is saved: stale bytes under clear bits.',
    versions: ['10.0', '11.1'],
    machine: pc,
    firmware: dirtyingFirmware(),
    parameters: SLOW,
    steps: [
      'start the guest, which writes 128 pages over and over',
      'save with little bandwidth',
      'after three rounds, tell the guest to zero every second page and be quiet',
      'wait for the save to complete',
    ],
    save: saveWhileGuestWrites,
  },
  {
    name: 'live-multifd',
    what: 'The same through three multifd channels.',
    versions: ['10.0', '11.1'],
    machine: pc,
    firmware: dirtyingFirmware(),
    capabilities: ['multifd'],
    parameters: { ...SLOW, 'multifd-channels': 3 },
    steps: ['as qemu-10.0/live, with multifd'],
    save: saveWhileGuestWrites,
  },
  {
    name: 'live-stopped',
    what: 'A guest that writes pages, zeroes half of them and is stopped, all while it is saved: stale bytes, and it is paused at the end.',
    versions: ['10.0', '11.1'],
    machine: pc,
    firmware: dirtyingFirmware(),
    parameters: SLOW,
    steps: [
      'start the guest, which writes 128 pages over and over',
      'save with little bandwidth',
      'after three rounds, tell the guest to zero every second page and be quiet',
      'stop the guest as soon as it did',
      'wait for the save to complete',
    ],
    save: stopWhileSaving,
  },
  {
    name: 'live-emptied-node',
    what: 'A guest with two NUMA nodes that writes pages and then zeroes all of the second node while it is saved.',
    versions: ['10.0', '11.1'],
    machine: (version) =>
      numaMachine(`pc-q35-${version}`, [
        { ...memory, sizeBytes: 4 * MIB, patternPages: 100 },
        { name: 'node1', sizeBytes: 4 * MIB, patternPages: 0 },
      ]),
    firmware: emptyingFirmware(),
    parameters: SLOW,
    steps: [
      'start the guest, which writes 128 pages over and over, the last 64 of them in the second node',
      'save with little bandwidth',
      'after three rounds, tell the guest to zero all of them and be quiet',
      'wait for the save to complete',
    ],
    save: saveWhileGuestWrites,
  },
  {
    name: 'cancelled',
    what: 'A save that was cancelled after its first pages: bitmaps of zeros, and no END.',
    versions: ['10.0', '11.1'],
    machine: pc,
    parameters: { 'max-bandwidth': 16_384 },
    steps: ['start QEMU stopped', 'save with 16 KiB/s', 'cancel as soon as pages were written'],
    save: cancelSave,
    good: false,
  },
  {
    name: 'killed',
    what: 'What is left when QEMU is killed while it saves.',
    versions: ['10.0'],
    machine: pc,
    parameters: { 'max-bandwidth': 16_384 },
    steps: ['start QEMU stopped', 'save with 16 KiB/s', 'kill QEMU as soon as pages were written'],
    save: killWhileSaving,
    good: false,
  },
];
