import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryFdsets } from '@mapped-ram/fdset';
import { allOrLast, scratchParent } from '@mapped-ram/fixtures';
import { dirtyingFirmware } from '@mapped-ram/tool-capture/guests';
import { findQemu, launchQemu, QEMU_VERSIONS, type QemuVersion, type QemuVm } from '@mapped-ram/tool-qemu';
import { describe, expect } from 'vitest';
import { type MigrationSettings, readSettings } from '../migration-settings.js';

/** What a test of real QEMU starts and makes; all of it is gone afterwards. */
export interface Bench {
  readonly version: QemuVersion;
  /** The path of a file in a folder of the test's own. */
  at(name: string): string;
  /** The same on a disk, where direct I/O has to be aligned, and flushing takes its time. */
  onDisk(name: string): string;
  /** A guest that writes 128 of its pages over and over; it runs, unless `-S` is given. */
  startGuest(...args: string[]): Promise<QemuVm>;
  /** A QEMU like that which waits for a guest to be restored, and then keeps it paused. */
  startEmpty(...args: string[]): Promise<QemuVm>;
  /** A QEMU with the same firmware and other arguments. */
  startOther(...args: string[]): Promise<QemuVm>;
  /** Ends and removes everything. */
  clear(): Promise<void>;
}

const FIRMWARE = 'firmware.bin';
const MEMORY_BYTES = 8 * 1024 * 1024;

/** The arguments of every guest. Its memory is a file in the folder of its QEMU. */
const guestArgs = (version: QemuVersion): string[] => [
  ...['-machine', `pc-i440fx-${version},memory-backend=pc.ram`, '-m', '8M'],
  ...['-object', `memory-backend-file,id=pc.ram,size=${MEMORY_BYTES},mem-path=ram0,share=on`],
];

/** Half of the memory has contents that a guest does not write, and no two pages of it are the same. */
export function patternedMemory(): Buffer {
  const memory = Buffer.alloc(MEMORY_BYTES);
  for (let page = 256; page < MEMORY_BYTES / 4096; page += 2) {
    memory.fill(`page ${page} `, page * 4096, (page + 1) * 4096);
  }
  return memory;
}

/** Makes what one test works with. */
export function makeBench(version: QemuVersion): Bench {
  const [folder = '', diskFolder = ''] = [scratchParent, tmpdir()].map((parent) =>
    mkdtempSync(join(parent, 'mapped-ram-migrate-')),
  );
  const vms: QemuVm[] = [];
  const launch = async (
    args: readonly string[],
    prepare: (place: string) => void = () => {},
  ): Promise<QemuVm> => {
    const vm = await launchQemu({
      version,
      // QEMU can watch writes to memory there, but not to files on a disk.
      parentFolder: scratchParent,
      args: ['-nodefaults', '-bios', FIRMWARE, ...args],
      prepare: (place) => {
        writeFileSync(join(place, FIRMWARE), dirtyingFirmware());
        prepare(place);
      },
    });
    vms.push(vm);
    return vm;
  };
  return {
    version,
    at: (name) => join(folder, name),
    onDisk: (name) => join(diskFolder, name),
    startGuest: (...args) =>
      launch([...guestArgs(version), ...args], (place) =>
        writeFileSync(join(place, 'ram0'), patternedMemory()),
      ),
    startEmpty: (...args) => launch([...guestArgs(version), '-S', '-incoming', 'defer', ...args]),
    startOther: (...args) => launch(args),
    async clear() {
      for (const vm of vms) await vm.kill();
      for (const one of [folder, diskFolder]) rmSync(one, { recursive: true, force: true });
    },
  };
}

/** Tests of each QEMU; where one is missing, the title says so. */
export function describeEachQemu(title: string, tests: (version: QemuVersion) => void): void {
  describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
    const program = findQemu(version);
    if (program.kind === 'found') {
      describe(title, () => tests(version));
    } else {
      console.warn(`skipped, missing tool: ${program.reason}`);
      describe.skip(`missing tool: ${program.reason}`, () => tests(version));
    }
  });
}

/** What a migration may not change. */
export async function settingsOf({ qmp }: QemuVm): Promise<MigrationSettings> {
  return readSettings(qmp);
}

/** That QEMU lives, has no descriptors of ours, and the settings that it had. */
export async function expectAsBefore(vm: QemuVm, before: MigrationSettings): Promise<void> {
  expect(vm.process.exitCode ?? vm.process.signalCode).toBe(null);
  expect(await queryFdsets(vm.qmp)).toEqual([]);
  expect(await readSettings(vm.qmp)).toEqual(before);
}

export async function isRunning({ qmp }: QemuVm): Promise<boolean> {
  return (await qmp.execute<{ running: boolean }>('query-status')).running;
}

const POLL_MS = 5;

/** Waits until something is so. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(POLL_MS);
}
