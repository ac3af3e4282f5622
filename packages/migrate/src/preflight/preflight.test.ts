import { closeSync, constants, existsSync, openSync, truncateSync, writeSync } from 'node:fs';
import { onlyInAll } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { restoreMappedRam } from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveSnapshot } from '../save-snapshot.js';
import {
  type Bench,
  describeEachQemu,
  expectAsBefore,
  isRunning,
  makeBench,
  settingsOf,
} from '../testing/real-qemu.js';
import { type PreflightRequest, preflight } from './preflight.js';

const { O_CREAT, O_DIRECT, O_RDONLY, O_RDWR, O_SYNC, O_WRONLY } = constants;
const W = O_WRONLY | O_CREAT;

describeEachQemu('preflight', (version) => {
  let bench: Bench;
  let opened: number[];
  beforeEach(() => {
    bench = makeBench(version);
    opened = [];
  });
  afterEach(async () => {
    for (const fd of new Set(opened)) closeSync(fd);
    await bench.clear();
  });

  const open = (flags: number): number => {
    const fd = openSync(bench.at('vm.mr'), flags, 0o600);
    opened.push(fd);
    return fd;
  };
  const codes = async (request: PreflightRequest): Promise<string[]> =>
    (await preflight(request)).findings.map(({ severity, code }) => `${severity} ${code}`);

  test('a save that works has no findings, and nothing is touched', async () => {
    const vm = await bench.startGuest();
    const settings = await settingsOf(vm);
    for (const options of [{}, { channels: 4 }, { directIo: true }, { byteOffset: 4096 }]) {
      const request = { role: 'save', file: bench.at('vm.mr'), qmp: vm.qmp, ...options } as const;
      expect(await preflight(request)).toEqual({ outcome: 'works', findings: [] });
    }
    await expectAsBefore(vm, settings);
    expect(await isRunning(vm)).toBe(true);
    expect(existsSync(bench.at('vm.mr'))).toBe(false);
  });

  test('every set of descriptors with which QEMU would die is found, and the guest runs on', async () => {
    const { qmp } = await bench.startGuest();
    const deadly = [
      () => [open(W)],
      () => [open(W), open(O_RDWR | O_DIRECT)],
      () => [open(W), open(W | O_DIRECT | O_SYNC)],
      () => [open(W), open(W)].fill(opened[0] as number, 1),
    ];
    for (const descriptors of deadly) {
      const result = await preflight({ role: 'save', file: descriptors(), directIo: true, qmp });
      expect(result).toMatchObject({
        outcome: 'crashes',
        findings: [{ severity: 'error', outcome: 'crashes' }],
      });
      expect(result.findings[0]?.message).toContain('QEMU dies');
    }
    const good = await preflight({ role: 'save', file: [open(W), open(W | O_DIRECT)], directIo: true, qmp });
    expect(good).toEqual({ outcome: 'works', findings: [] });
    expect(await qmp.execute('query-status')).toMatchObject({ running: true });
  });

  test('a file behind descriptors is looked at too, where the offset says', async () => {
    const guest = await bench.startGuest('-S');
    const { qmp } = await bench.startEmpty();
    await saveSnapshot(guest.qmp, bench.at('vm.mr'), { byteOffset: 4096 });
    const set = [open(O_RDONLY), open(O_RDONLY | O_DIRECT)];
    const request = { role: 'load', file: set, directIo: true, qmp } as const;
    expect(await preflight({ ...request, byteOffset: 4096 })).toEqual({ outcome: 'works', findings: [] });
    expect(await codes(request)).toEqual(['error faulty-file']);
    expect(await codes({ ...request, file: [open(O_RDONLY)] })).toContain('error no-multifd-descriptor');
  });

  onlyInAll(test)('a guest and a file that are not there for it', async () => {
    const guest = await bench.startGuest();
    const empty = await bench.startEmpty();
    const file = bench.at('vm.mr');
    await saveSnapshot(guest.qmp, file);
    expect(await codes({ role: 'save', file, qmp: empty.qmp, overwrite: true })).toEqual([
      'error wrong-run-state',
    ]);
    expect(await codes({ role: 'save', file, qmp: guest.qmp })).toEqual([
      'error unusable-path',
      'error wrong-run-state',
    ]);
    expect(await codes({ role: 'load', file, qmp: guest.qmp })).toEqual(['error wrong-run-state']);
    expect(await codes({ role: 'load', file, qmp: empty.qmp })).toEqual([]);
    expect(await codes({ role: 'load', file: bench.at('no.mr'), qmp: empty.qmp })).toEqual([
      'error unusable-path',
    ]);
    expect(await codes({ role: 'save', file: bench.at('no/vm.mr') })).toEqual(['error unusable-path']);
    expect(
      await codes({ role: 'save', file, freePageHint: true, overwrite: true, qmp: guest.qmp }),
    ).toContain('error no-free-page-hint');
    truncateSync(file, 3 * 1024 * 1024);
    expect((await codes({ role: 'load', file, qmp: empty.qmp }))[0]).toBe('error faulty-file');
  });

  test('a file of another machine is refused before its lost memory counts', async () => {
    const guest = await bench.startGuest('-S');
    const file = bench.at('vm.mr');
    await saveSnapshot(guest.qmp, file);
    await clearBitmap(file, 'pc.ram');
    const same = await bench.startEmpty();
    expect((await preflight({ role: 'load', file, qmp: same.qmp })).outcome).toBe('wrong-memory');
    const other = await bench.startOther('-machine', `pc-q35-${version}`, '-S', '-incoming', 'defer');
    const result = await preflight({ role: 'load', file, qmp: other.qmp });
    expect(result.outcome).toBe('refused');
    const words = result.findings.find(({ code }) => code === 'machine-differs')?.qemuError;
    const asked = await restoreMappedRam(other, { uri: `file:${file}` });
    expect(asked).toMatchObject({ kind: 'failed', text: expect.stringContaining(words ?? 'no words') });
  });

  test('a balloon for hints is found, and what comes of it', async () => {
    const vm = await bench.startGuest(
      ...['-object', 'iothread,id=thread0'],
      ...['-device', 'virtio-balloon-pci,free-page-hint=on,iothread=thread0'],
    );
    const file = bench.at('vm.mr');
    const request = { role: 'save', file, qmp: vm.qmp, freePageHint: true } as const;
    const unheard = (message: string) => ({
      outcome: 'works',
      findings: [
        {
          ...{ code: 'free-page-hint-unheard', severity: 'warning', outcome: 'works' },
          message: expect.stringContaining(message),
          help: expect.stringContaining('free-page-reporting=on'),
        },
      ],
    });
    // The firmware has no driver for it.
    expect(await preflight(request)).toEqual(unheard('no driver'));
    const saved = await saveSnapshot(vm.qmp, file, { freePageHint: true, keepRunning: true });
    expect(saved).toMatchObject({ isRunning: true, hintedBytes: 0 });
    expect(saved.findings).toEqual(unheard('no driver').findings);
    await vm.qmp.execute('stop');
    expect(await preflight({ ...request, overwrite: true })).toEqual(unheard('paused'));
    const plain = await saveSnapshot(vm.qmp, file, { overwrite: true });
    expect(plain).not.toHaveProperty('hintedBytes');
  });
});

/** Loses a block's memory as QEMU would take it: without an error. */
async function clearBitmap(path: string, idstr: string): Promise<void> {
  const snapshot = await openSnapshot(await openFileSource(path));
  const block = snapshot.ramBlocks.find((one) => one.idstr === idstr);
  await snapshot.close();
  const fd = openSync(path, 'r+');
  writeSync(
    fd,
    new Uint8Array(block?.bitmapLengthBytes ?? 0),
    0,
    block?.bitmapLengthBytes,
    block?.bitmapOffset,
  );
  closeSync(fd);
}
