import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryFdsets } from '@mapped-ram/fdset';
import { allOrLast, onlyInAll } from '@mapped-ram/fixtures';
import { connectQmp, type QmpClient, type QmpExecuteOptions } from '@mapped-ram/qmp';
import { findGuestDifference, type QemuVm, restoreMappedRam, saveMappedRam } from '@mapped-ram/tool-qemu';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { resumeGuest } from './guest-state.js';
import type { MigrateError } from './migrate-error.js';
import { restoreSnapshot } from './restore-snapshot.js';
import type { SaveOptions } from './save-options.js';
import { saveSnapshot } from './save-snapshot.js';
import { type MountedFolder, mountFolder } from './testing/mounted-folder.js';
import {
  type Bench,
  describeEachQemu,
  expectAsBefore,
  isRunning,
  makeBench,
  settingsOf,
  until,
} from './testing/real-qemu.js';

const MIB = 1024 * 1024;
/** So slow that the save does not end by itself. */
const SLOW: SaveOptions = { bandwidth: 64 * 1024 };

/** How often a save is ended: QEMU died now and then of being cancelled. */
const ROUNDS = 12;

const openFiles = (): number => readdirSync('/proc/self/fd').length;

/** A client that does something whenever a command has been sent. */
function onCommand(qmp: QmpClient, name: string, act: () => void): QmpClient {
  const execute = (
    command: string,
    ...more: [args?: Record<string, unknown>, options?: QmpExecuteOptions]
  ) => {
    const answer = qmp.execute(command, ...more);
    if (command === name) act();
    return answer;
  };
  return new Proxy(qmp, { get: (_, key) => (key === 'execute' ? execute : Reflect.get(qmp, key, qmp)) });
}

const ramfs = await mountFolder('ramfs');
const small = await mountFolder('tmpfs', 'size=3m');
for (const one of [ramfs, small]) if (typeof one === 'string') console.warn(`skipped: ${one}`);
afterAll(async () => {
  for (const one of [ramfs, small]) if (typeof one !== 'string') await one.unmount();
});
const titleWith = (folder: MountedFolder | string, title: string) =>
  typeof folder === 'string' ? `${title} (${folder})` : title;

describeEachQemu('when something goes wrong', (version) => {
  let bench: Bench;
  let descriptorsBefore: number;
  beforeEach(() => {
    bench = makeBench(version);
    descriptorsBefore = openFiles();
  });
  afterEach(async () => {
    await bench.clear();
    expect(openFiles()).toBe(descriptorsBefore);
  });

  const folderIsEmpty = () => expect(readdirSync(bench.at('.'))).toEqual([]);

  /** Starts a save and does something as soon as QEMU writes pages. */
  async function whileSaving(
    vm: QemuVm,
    options: SaveOptions,
    act: () => void,
    path = bench.at('vm.mr'),
  ): Promise<unknown> {
    let hasActed = false;
    return saveSnapshot(vm.qmp, path, {
      ...SLOW,
      ...options,
      onProgress: ({ transferredBytes }) => {
        if (hasActed || transferredBytes === 0) return;
        hasActed = true;
        act();
      },
    }).catch((error) => error);
  }

  test.each([
    ['a guest that runs', [], {}],
    ['a guest that runs, live, with multifd', [], { live: true, channels: 2 }],
    ['a paused guest', ['-S'], {}],
  ] as const)('ended: %s is as it was', async (_, args, options) => {
    const vm = await bench.startGuest(...args);
    const settings = await settingsOf(vm);
    const controller = new AbortController();
    const reason = new Error('enough');
    const error = await whileSaving(vm, { ...options, signal: controller.signal }, () =>
      controller.abort(reason),
    );
    expect(error).toBe(reason);
    await expectAsBefore(vm, settings);
    expect(await isRunning(vm)).toBe(args.length === 0);
    folderIsEmpty();
    // And it can be saved.
    await saveSnapshot(vm.qmp, bench.at('vm.mr'), { keepRunning: true });
    expect(await isRunning(vm)).toBe(args.length === 0);
  });

  onlyInAll(test)(
    'ended again and again with four channels: QEMU lives, which it does not when it is cancelled',
    async () => {
      const vm = await bench.startGuest();
      const settings = await settingsOf(vm);
      for (let round = 0; round < ROUNDS; round++) {
        const controller = new AbortController();
        const options = {
          channels: 4,
          bandwidth: undefined,
          live: round % 2 === 1,
          signal: controller.signal,
        };
        const error = await whileSaving(vm, options, () => controller.abort('enough'));
        expect(error).toBe('enough');
        await expectAsBefore(vm, settings);
        expect(await isRunning(vm)).toBe(true);
        folderIsEmpty();
      }
    },
  );

  onlyInAll(test)(
    'a paused guest whose save with multifd was ended is saved again when it has run',
    async () => {
      const vm = await bench.startGuest('-S');
      const controller = new AbortController();
      const ended = { channels: 2, signal: controller.signal };
      expect(await whileSaving(vm, ended, () => controller.abort('enough'))).toBe('enough');
      expect(await isRunning(vm)).toBe(false);
      folderIsEmpty();
      await resumeGuest(vm.qmp);
      await saveSnapshot(vm.qmp, bench.at('vm.mr'));
    },
  );

  test('what shows the progress fails: the save is cancelled', async () => {
    const vm = await bench.startGuest();
    const settings = await settingsOf(vm);
    const error = await whileSaving(vm, {}, () => {
      throw new Error('no screen');
    });
    expect(error).toEqual(new Error('no screen'));
    await expectAsBefore(vm, settings);
    expect(await isRunning(vm)).toBe(true);
    folderIsEmpty();
  });

  test('QEMU says completed, and the file is not whole', async () => {
    const vm = await bench.startGuest();
    const settings = await settingsOf(vm);
    const asked = onCommand(vm.qmp, 'query-fdsets', () => {
      const [part = ''] = readdirSync(bench.at('.'));
      truncateSync(bench.at(part), 3 * MIB);
    });
    const error = await saveSnapshot(asked, bench.at('vm.mr')).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'not-restorable', report: { verdict: 'refused' } });
    await expectAsBefore(vm, settings);
    expect(await isRunning(vm)).toBe(true);
    folderIsEmpty();
  });

  test('QEMU is killed', async () => {
    const vm = await bench.startGuest();
    const error = await whileSaving(vm, {}, () => vm.process.kill('SIGKILL'));
    expect(error).toMatchObject({ code: 'qemu-gone' });
    folderIsEmpty();
  });

  test('the connection ends: QEMU is left with nothing of ours once it is told to cancel', async () => {
    const vm = await bench.startGuest('-qmp', 'unix:second,server=on,wait=off');
    let second: QmpClient | undefined;
    try {
      const error = await whileSaving(vm, {}, () => vm.qmp.close());
      expect(error).toMatchObject({ code: 'qemu-gone' });
      folderIsEmpty();
      second = await connectQmp(join(vm.folder, 'second'));
      const other = second;
      await other.execute('migrate_cancel');
      await until(async () => (await queryFdsets(other)).length === 0);
      await resumeGuest(other);
    } finally {
      second?.close();
    }
  });

  test.skipIf(typeof small === 'string').each(allOrLast([{}, { live: true }]))(
    titleWith(small, 'the disk is full with $0'),
    async (options) => {
      const vm = await bench.startGuest();
      const settings = await settingsOf(vm);
      const { path } = small as MountedFolder;
      const error = await saveSnapshot(vm.qmp, join(path, 'vm.mr'), options).catch((reason) => reason);
      expect(error).toMatchObject({
        code: 'migration-failed',
        message: expect.stringMatching(/^the disk is full: \d+ bytes were left in .*No space left/),
      });
      expect(readdirSync(path)).toEqual([]);
      await expectAsBefore(vm, settings);
      expect(await isRunning(vm)).toBe(true);
    },
  );

  test.skipIf(typeof small === 'string')(
    titleWith(small, 'the disk may be full with multifd, of which QEMU may die'),
    async () => {
      const vm = await bench.startGuest();
      const { path } = small as MountedFolder;
      await expect(saveSnapshot(vm.qmp, join(path, 'vm.mr'), { channels: 2 })).rejects.toMatchObject({
        code: 'preflight',
        findings: [{ code: 'low-space', outcome: 'crashes' }],
      });
      expect(readdirSync(path)).toEqual([]);
      expect(await isRunning(vm)).toBe(true);
    },
  );

  test.skipIf(typeof ramfs === 'string')(
    titleWith(ramfs, 'a file system without direct I/O, on which QEMU may die'),
    async () => {
      const { path } = ramfs as MountedFolder;
      const vm = await bench.startGuest();
      const settings = await settingsOf(vm);
      await expect(saveSnapshot(vm.qmp, join(path, 'vm.mr'), { directIo: true })).rejects.toMatchObject({
        code: 'preflight',
        findings: [{ code: 'no-direct-io', outcome: 'crashes' }],
      });
      expect(readdirSync(path)).toEqual([]);
      await expectAsBefore(vm, settings);
      expect(await isRunning(vm)).toBe(true);
      try {
        const asked = await saveMappedRam(vm, {
          uri: `file:${join(path, 'vm.mr')}`,
          capabilities: ['multifd'],
          parameters: { 'direct-io': true },
        });
        // Which of its threads is first decides.
        expect(['died', 'failed']).toContain(asked.kind);
        if (asked.kind === 'died') expect(asked.signal).toBe('SIGSEGV');
      } finally {
        rmSync(join(path, 'vm.mr'), { force: true });
      }
    },
  );

  onlyInAll(test)('a file that is there stays, unless it may be replaced', async () => {
    const vm = await bench.startGuest();
    const path = bench.at('vm.mr');
    writeFileSync(path, 'precious');
    await expect(saveSnapshot(vm.qmp, path)).rejects.toMatchObject({ code: 'target-exists' });
    await expect(saveSnapshot(vm.qmp, path, { byteOffset: 4 })).rejects.toMatchObject({
      code: 'target-exists',
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    expect(await isRunning(vm)).toBe(true);
    await saveSnapshot(vm.qmp, path, { overwrite: true });
    expect(readFileSync(path).subarray(0, 4).toString()).toBe('QEVM');
  });

  test('a file that would not restore right does not get to QEMU, which can still restore another', async () => {
    const source = await bench.startGuest('-S');
    const path = bench.at('vm.mr');
    await saveSnapshot(source.qmp, path);
    const bytes = readFileSync(path);
    writeFileSync(bench.at('cut.mr'), bytes.subarray(0, bytes.length - MIB));
    const vm = await bench.startEmpty();
    const settings = await settingsOf(vm);
    for (const options of [{}, { channels: 2 }]) {
      await expect(restoreSnapshot(vm.qmp, bench.at('cut.mr'), options)).rejects.toMatchObject({
        code: 'preflight',
        findings: expect.arrayContaining([expect.objectContaining({ code: 'faulty-file' })]),
      });
    }
    await expectAsBefore(vm, settings);
    await restoreSnapshot(vm.qmp, path);
    expect(await findGuestDifference(source, vm)).toBe(undefined);
  });

  const pc = (memory: string) => `pc-i440fx-${version},memory-backend=${memory}`;
  const backend = (id: string, mib: number) => ['-object', `memory-backend-ram,id=${id},size=${mib}M`];

  const OTHERS = [
    [
      'another machine',
      'machine-differs',
      ['-machine', 'q35,memory-backend=pc.ram', '-m', '8M', ...backend('pc.ram', 8)],
    ],
    ['other memory', 'block-differs', ['-machine', pc('other'), '-m', '8M', ...backend('other', 8)]],
    ['less memory', 'block-differs', ['-machine', pc('pc.ram'), '-m', '4M', ...backend('pc.ram', 4)]],
    ['more memory', 'block-differs', ['-machine', pc('pc.ram'), '-m', '16M', ...backend('pc.ram', 16)]],
  ] as const;

  test.each(allOrLast<(typeof OTHERS)[number]>(OTHERS))(
    'a file does not get to a QEMU with %s, which would do as is said',
    async (_, code, args) => {
      const path = bench.at('vm.mr');
      await saveSnapshot((await bench.startGuest('-S')).qmp, path);
      const vm = await bench.startOther(...args, '-S', '-incoming', 'defer');
      const error = await restoreSnapshot(vm.qmp, path).catch((reason) => reason);
      expect(error).toMatchObject({
        code: 'preflight',
        findings: expect.arrayContaining([expect.objectContaining({ code })]),
      });
      const [finding] = (error as MigrateError).findings;
      const asked = await restoreMappedRam(vm, { uri: `file:${path}` });
      if (finding?.outcome === 'wrong-memory') expect(asked.kind).toBe('completed');
      else expect(asked).toMatchObject({ text: expect.stringContaining(finding?.qemuError ?? '?') });
    },
  );

  onlyInAll(test)('QEMU is killed while it restores', async () => {
    const source = await bench.startGuest();
    await saveSnapshot(source.qmp, bench.at('vm.mr'));
    const vm = await bench.startEmpty();
    const dying = onCommand(vm.qmp, 'migrate-incoming', () => vm.process.kill('SIGKILL'));
    await expect(restoreSnapshot(dying, bench.at('vm.mr'))).rejects.toMatchObject({ code: 'qemu-gone' });
  });

  test('what is no place in a file is refused before anything is done', async () => {
    const vm = await bench.startGuest();
    for (const options of [{ byteOffset: -1 }, { byteOffset: 0.5 }, { channels: 0 }, { channels: 256 }]) {
      await expect(saveSnapshot(vm.qmp, bench.at('vm.mr'), options)).rejects.toThrow(RangeError);
      await expect(restoreSnapshot(vm.qmp, bench.at('vm.mr'), options)).rejects.toThrow(RangeError);
    }
    expect(await isRunning(vm)).toBe(true);
    folderIsEmpty();
  });
});
