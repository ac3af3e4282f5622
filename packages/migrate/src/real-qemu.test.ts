import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { allOrFew, captureInfo, loadCapture, onlyInAll, SparseImage } from '@mapped-ram/fixtures';
import { findGuestDifference, launchDestination, type QemuVm } from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeSettings } from './migration-settings.js';
import { restoreSnapshot } from './restore-snapshot.js';
import type { SaveOptions } from './save-options.js';
import { saveSnapshot } from './save-snapshot.js';
import {
  type Bench,
  describeEachQemu,
  expectAsBefore,
  isRunning,
  makeBench,
  patternedMemory,
  settingsOf,
  until,
} from './testing/real-qemu.js';
import type { TransferOptions } from './transfer-options.js';

/** A way of saving, and with what it is restored. */
interface Way {
  readonly title: string;
  readonly save: SaveOptions;
  readonly restore: TransferOptions;
  readonly onDisk?: boolean;
}

/** All that QEMU's own tests of files do is among them; with us every file is a set of descriptors. */
const WAYS: readonly Way[] = [
  { title: 'stopped', save: {}, restore: {} },
  { title: 'live', save: { live: true }, restore: {} },
  { title: 'at an offset', save: { byteOffset: 0x1000 }, restore: { byteOffset: 0x1000 } },
  {
    title: 'at an odd offset, live, with multifd',
    save: { byteOffset: 777, live: true, channels: 3 },
    restore: { byteOffset: 777, channels: 1 },
  },
  { title: 'with multifd', save: { channels: 4 }, restore: { channels: 2 } },
  { title: 'with multifd, live', save: { channels: 4, live: true }, restore: { channels: 4 } },
  {
    title: 'with direct I/O, on a disk',
    save: { channels: 2, directIo: true },
    restore: { channels: 2, directIo: true },
    onDisk: true,
  },
  {
    title: 'with direct I/O, live, at an offset',
    save: { directIo: true, live: true, byteOffset: 4096 },
    restore: { directIo: true, byteOffset: 4096 },
  },
  {
    title: 'with 16 channels and direct I/O, restored plainly',
    save: { directIo: true, channels: 16 },
    restore: {},
  },
  { title: 'plainly, restored with 255 channels', save: {}, restore: { channels: 255, directIo: true } },
];

const FEW_WAYS = WAYS.filter(({ title }) => /^(stopped|at an odd offset)/.test(title));

describeEachQemu('saves and restores', (version) => {
  let bench: Bench;
  beforeEach(() => {
    bench = makeBench(version);
  });
  afterEach(() => bench.clear());

  test.each(allOrFew(WAYS, FEW_WAYS))('$title', async ({ save, restore, onDisk = false }) => {
    const source = await bench.startGuest();
    const settings = await settingsOf(source);
    const path = onDisk ? bench.onDisk('vm.mr') : bench.at('vm.mr');
    const saved = await saveSnapshot(source.qmp, path, save);
    expect(saved).toMatchObject({ path, wasRunning: true, isRunning: false, findings: [] });
    expect(saved.report.verdict).toBe('restores');
    expect(saved.sizeBytes).toBe(statSync(path).size);
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
    await expectAsBefore(source, settings);

    const destination = await bench.startEmpty();
    const settingsThere = await settingsOf(destination);
    const restored = await restoreSnapshot(destination.qmp, path, restore);
    expect(restored).toMatchObject({ byteOffset: restore.byteOffset ?? 0, isRunning: false, findings: [] });
    await expectAsBefore(destination, settingsThere);
    expect(await findGuestDifference(source, destination)).toBe(undefined);
    await destination.qmp.execute('cont');
    await expectGuestWrites(destination);
  });

  /** That the guest is alive: it changes its memory. */
  async function expectGuestWrites(vm: QemuVm): Promise<void> {
    const written = () => readFileSync(join(vm.folder, 'ram0')).subarray(0x10000, 0x90000);
    const before = written();
    await until(() => !written().equals(before));
  }

  test('of a guest that writes all the while, and never notices', async () => {
    const vm = await bench.startGuest();
    await expectGuestWrites(vm);
    const saved = await saveSnapshot(vm.qmp, bench.at('vm.mr'), {
      ...{ live: true, keepRunning: true, bandwidth: 32 * 1024 * 1024 },
      onProgress: ({ totalBytes, doneBytes }) => expect(doneBytes).toBeLessThanOrEqual(totalBytes),
    });
    expect(saved.downtimeMs).toBeLessThanOrEqual(saved.totalMs);
    expect(saved.isRunning && (await isRunning(vm))).toBe(true);
    await expectGuestWrites(vm);

    const destination = await bench.startEmpty();
    const restored = await restoreSnapshot(destination.qmp, bench.at('vm.mr'), { keepRunning: true });
    expect(restored.isRunning && (await isRunning(destination))).toBe(true);
    await expectGuestWrites(destination);
    // What the guest does not write is what it was.
    const still = readFileSync(join(destination.folder, 'ram0')).subarray(0x100000);
    expect(still.equals(patternedMemory().subarray(0x100000))).toBe(true);
  });

  test('from one QEMU to the next, of a paused guest', async () => {
    const vm = await bench.startGuest('-S');
    const [one, two] = [bench.at('one.mr'), bench.at('two.mr')];
    const saved = await saveSnapshot(vm.qmp, one, { keepRunning: true });
    expect(saved).toMatchObject({ wasRunning: false, isRunning: false });
    const destination = await bench.startEmpty();
    await restoreSnapshot(destination.qmp, one);
    await saveSnapshot(destination.qmp, two, { channels: 8, directIo: true });
    const third = await bench.startEmpty();
    await restoreSnapshot(third.qmp, two, { channels: 3 });
    expect(await findGuestDifference(vm, third)).toBe(undefined);
  });

  onlyInAll(test)('behind what somebody else has in the file', async () => {
    const vm = await bench.startGuest();
    const path = bench.at('container');
    writeFileSync(path, 'a header of somebody', { mode: 0o640 });
    await saveSnapshot(vm.qmp, path, { byteOffset: 1000, keepRunning: true });
    expect(readFileSync(path).subarray(0, 1004).toString('latin1')).toBe(
      `a header of somebody${'\0'.repeat(980)}QEVM`,
    );
    expect(statSync(path).mode & 0o777).toBe(0o640);
    const again = { byteOffset: 1000, keepRunning: true };
    await expect(saveSnapshot(vm.qmp, path, again)).rejects.toMatchObject({ code: 'target-exists' });
    await saveSnapshot(vm.qmp, path, { ...again, overwrite: true, channels: 2, directIo: true });
    expect(readFileSync(path).subarray(0, 20).toString()).toBe('a header of somebody');
    const destination = await bench.startEmpty();
    await restoreSnapshot(destination.qmp, path, { byteOffset: 1000 });
  });

  onlyInAll(test)('with direct-io left on from earlier', async () => {
    const vm = await bench.startGuest();
    await changeSettings(vm.qmp, { capabilities: {}, parameters: { 'direct-io': true } });
    const settings = await settingsOf(vm);
    const saved = await saveSnapshot(vm.qmp, bench.at('vm.mr'), { channels: 2 });
    expect(saved.findings).toMatchObject([{ code: 'direct-io-left-on', severity: 'note' }]);
    await expectAsBefore(vm, settings);
  });

  test('without memory that is shared (x-ignore-shared), where QEMU can', async () => {
    const vm = await bench.startGuest();
    await changeSettings(vm.qmp, { capabilities: { 'x-ignore-shared': true }, parameters: {} });
    const saving = saveSnapshot(vm.qmp, bench.at('vm.mr'), { channels: 2 });
    if (version === '10.0') {
      await expect(saving).rejects.toMatchObject({ code: 'preflight' });
      expect(await isRunning(vm)).toBe(true);
      return;
    }
    expect((await saving).sizeBytes).toBeLessThan(8 * 1024 * 1024);
    const destination = await bench.startEmpty();
    const settings = await settingsOf(destination);
    writeFileSync(join(destination.folder, 'ram0'), readFileSync(join(vm.folder, 'ram0')), { flag: 'r+' });
    await restoreSnapshot(destination.qmp, bench.at('vm.mr'), { channels: 2 });
    await expectAsBefore(destination, settings);
    expect(await findGuestDifference(vm, destination)).toBe(undefined);
  });
});

const IMAGE = 'libvirt-11.3/save-sparse';

describeEachQemu('a save image of libvirt', (version) => {
  test('is restored, and its stream is found by the header', async () => {
    const bench = makeBench(version);
    await (await loadCapture(IMAGE)).writeTo(bench.at('image.save'));
    const { machine, streamOffset } = captureInfo(IMAGE);
    const vm = await launchDestination(machine, { version });
    try {
      const restored = await restoreSnapshot(vm.qmp, bench.at('image.save'));
      expect(restored.byteOffset).toBe(streamOffset);
      const memory = await SparseImage.fromFile(join(vm.folder, 'ram0'));
      expect(memory.sha256()).toBe(machine.memory[0]?.sha256);
    } finally {
      await vm.kill();
      await bench.clear();
    }
  });
});
