import { join } from 'node:path';
import { loadCapture, type SparseImage, testedCaptures } from '@mapped-ram/fixtures';
import { countingSource, openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, launchQemu, saveMappedRam } from '@mapped-ram/tool-qemu';
import { describe, expect, it } from 'vitest';
import { describeSnapshot } from './describe-snapshot.js';
import type { SnapshotInfo } from './snapshot-info.js';

async function describeImage(image: SparseImage, deep = false): Promise<SnapshotInfo> {
  return describeSnapshot(await openSnapshot(image, { tolerant: true }), image, { deep });
}

it.each(testedCaptures())('describes %s without reading a page, as JSON too', async (id) => {
  const image = await loadCapture(id);
  const source = countingSource(image);
  const snapshot = await openSnapshot(source, { tolerant: true });
  const info = await describeSnapshot(snapshot, source);
  expect(JSON.parse(JSON.stringify(info))).toEqual(info);
  for (const { pagesOffset, usedLength, ignored } of snapshot.ramBlocks) {
    const inPages = source.spans.filter(
      ({ byteOffset, byteLength }) =>
        byteOffset < pagesOffset + usedLength && byteOffset + byteLength > pagesOffset,
    );
    // What is read of it comes with the headers before and behind it.
    const bytes = inPages.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (!ignored) expect(bytes).toBeLessThanOrEqual(512 * 1024);
  }
});

it('tells a live save by its run state, parts and leftovers', async () => {
  const { save, ram, problems, machine } = await describeImage(await loadCapture('qemu-10.0/live'), true);
  expect({ machine, problems }).toEqual({ machine: 'pc-i440fx-10.0', problems: [] });
  expect(save).toMatchObject({ runState: 'running', wasRunning: true, complete: true });
  expect(save.ramParts).toBeGreaterThan(10);
  expect(Number(save.machineTimeNs)).toBeGreaterThan(1e9);
  expect(ram.stalePages).toBeGreaterThan(0);
  expect((ram.setPages ?? 0) + (ram.zeroPages ?? 0)).toBe(ram.pages);
});

it('tells a save of a stopped machine, and pages that are stored though they are zero', async () => {
  const { save, ram } = await describeImage(await loadCapture('qemu-10.0/zero-pages-stored'), true);
  expect(save).toMatchObject({ runState: 'prelaunch', wasRunning: false, machineTimeNs: '0' });
  expect(ram.stalePages).toBe(0);
  expect(ram.storedZeroPages).toBeGreaterThan(200);
});

it('tells what libvirt wrote around the stream', async () => {
  const { libvirt, streamOffset } = await describeImage(await loadCapture('libvirt-11.3/save-sparse'));
  expect(libvirt).toMatchObject({ format: 6, incomplete: false, wasRunning: false });
  expect(libvirt?.domain).toEqual({
    name: 'capture',
    uuid: '6d617070-6564-4d72-8d61-6d2d7261d401',
    machine: 'pc-i440fx-10.0',
    memoryBytes: 16 * 2 ** 20,
    processors: 1,
  });
  expect(streamOffset).toBe(92 + (libvirt?.dataLengthBytes ?? 0));
});

it.each([
  ['qemu-10.0/background-snapshot', true],
  ['qemu-10.0/cancelled', true],
  ['qemu-10.0/ignore-shared', true],
  ['qemu-11.1/ignore-shared', false],
])('tells that %s is not complete: %s', async (id, isIncomplete) => {
  expect((await describeImage(await loadCapture(id), true)).save.complete).toBe(!isIncomplete);
});

it('describes what is there of a file that was cut', async () => {
  const image = (await loadCapture('qemu-10.0/pc')).clone().truncate(0x120_0000);
  const info = await describeImage(image, true);
  expect(info.problems).not.toEqual([]);
  expect(info.save).toMatchObject({ complete: false, runState: null, guestClock: null });
  expect(info.blocks.at(-1)).toMatchObject({ stalePages: null });
});

it('stops when it is aborted', async () => {
  const image = await loadCapture('qemu-10.0/pc');
  const snapshot = await openSnapshot(image);
  const options = { deep: true, signal: AbortSignal.abort(new Error('enough')) };
  await expect(describeSnapshot(snapshot, image, options)).rejects.toThrow('enough');
});

describe('the clock of the guest', () => {
  for (const [target, machine, device] of [
    ['x86_64', 'pc', 'mc146818rtc'],
    ['aarch64', 'virt', 'pl031'],
  ] as const) {
    const program = findQemu('10.0', target);
    const missing = program.kind === 'missing' ? ` (missing tool: ${program.reason})` : '';
    it.skipIf(missing !== '')(`shows the time of a ${machine} machine${missing}`, async () => {
      const vm = await launchQemu({
        version: '10.0',
        target,
        args: [
          '-machine',
          machine,
          '-nodefaults',
          '-m',
          '8M',
          '-S',
          '-rtc',
          'base=2024-02-29T23:58:57,clock=vm',
        ],
      });
      try {
        const path = join(vm.folder, 'snapshot.mr');
        expect(await saveMappedRam(vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
        const source = await openFileSource(path);
        const { save } = await describeSnapshot(await openSnapshot(source), source);
        await source.close();
        expect(save.guestClock).toEqual({ device, time: '2024-02-29T23:58:57' });
      } finally {
        await vm.kill();
      }
    });
  }
});
