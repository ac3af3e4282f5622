import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allOrFew, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { idlingFirmware } from '@mapped-ram/tool-capture/guests';
import {
  findGuestDifference,
  findQemu,
  launchQemu,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryTerminal } from '../../testing/memory-terminal.js';
import {
  commandsOf,
  installCommands,
  playSession,
  sessionOf,
  withoutSizes,
} from '../../testing/play-session.js';
import { runMr, runMrJson } from '../../testing/run-mr.js';
import { main } from '../main.js';

const qemu = findQemu('10.0');
const missing = qemu.kind === 'missing' ? ` (${qemu.reason})` : '';

const MEMORY_BYTES = 64 * 1024 * 1024;
const FULL_MEMORY = ['-object', `memory-backend-file,id=pc.ram,size=${MEMORY_BYTES},mem-path=full.ram`];

/** Times, and the rounds that QEMU takes, are the machine's affair. */
const withoutFigures = (text: string): string =>
  withoutSizes(text).replace(/in \d+\.\d\d s( and \d+ rounds?)?/g, 'in TIME');

describe.skipIf(qemu.kind === 'missing')(`with a running QEMU${missing}`, () => {
  let folder: string;
  let vms: QemuVm[];
  const at = (name: string) => join(folder, name);

  beforeEach(() => {
    folder = mkdtempSync(join(scratchParent, 'mr-save-'));
    vms = [];
  });
  afterEach(async () => {
    for (const vm of vms) await vm.kill();
    rmSync(folder, { recursive: true });
  });

  /** A QEMU with a socket in the folder. */
  async function start(socket: string, machine: string, ...args: string[]): Promise<QemuVm> {
    const vm = await launchQemu({
      version: '10.0',
      args: [
        ...['-nodefaults', '-machine', machine, '-m', '64M', '-bios', 'firmware.bin'],
        ...['-qmp', `unix:${at(socket)},server=on,wait=off`, ...args],
      ],
      prepare: (place) => {
        writeFileSync(join(place, 'firmware.bin'), idlingFirmware());
        if (args.includes(FULL_MEMORY[0] ?? '')) {
          writeFileSync(join(place, 'full.ram'), new Uint8Array(MEMORY_BYTES).fill(1));
        }
      },
    });
    vms.push(vm);
    return vm;
  }

  it.each(allOrFew(['preflight', 'save', 'restore'], ['save']))(
    'the session of mr %s goes as its page says',
    async (name) => {
      await start('qmp.sock', 'pc-i440fx-10.0');
      await start('new.sock', 'pc-i440fx-10.0', '-S', '-incoming', 'defer');
      await start('q35.sock', 'pc-q35-10.0', '-S', '-incoming', 'defer');
      const session = sessionOf(name);
      const played = playSession(commandsOf(session), folder, installCommands(folder));
      expect(withoutFigures(played)).toBe(withoutFigures(session));
    },
  );

  onlyInAll(it)('--trim leaves a guest that is no Linux as it was saved, and says so', async () => {
    await start('qmp.sock', 'pc-i440fx-10.0');
    const { status, out } = await runMr('save', '--qmp', at('qmp.sock'), '--trim', at('guest.mr'));
    expect(status).toBe(0);
    expect(out).toContain(`${at('guest.mr')}: not trimmed: no Linux kernel was found`);
    expect((await runMr('info', at('guest.mr'))).status).toBe(0);
  });

  onlyInAll(it)('keeps what QEMU tells of its machine, for mr info, mr command and mr fit', async () => {
    await start('qmp.sock', 'pc-i440fx-10.0', '-cpu', 'Westmere', '-device', 'e1000,addr=7,romfile=');
    const save = ['save', '--qmp', at('qmp.sock'), '--record', '--keep-running', at('guest.mr')];
    expect(await runMrJson(...save)).toMatchObject({ record: at('guest.mr.machine.json') });
    expect(statSync(at('guest.mr.machine.json')).mode & 0o777).toBe(0o600);
    const info = await runMr('info', at('guest.mr'));
    expect(info.out).toMatch(/saved by +QEMU 10\.0/);
    expect(info.out).toMatch(/processors +1, Westmere/);
    expect(info.out).toMatch(/digest +sha256:[0-9a-f]{64}/);
    expect((await runMr('command', at('guest.mr'))).out).toContain('-cpu Westmere');
    rmSync(at('guest.mr'));
    expect((await runMrJson(...save)).error).toMatchObject({ code: 'target-exists' });

    await runMrJson(...save, '--force');
    writeFileSync(at('guest.mr.machine.json'), '{"format":"mapped-ram-machine","version":1}');
    const damaged = await runMr('command', at('guest.mr'));
    expect(damaged.out).not.toContain('Westmere');
    expect(damaged.err).toMatch(/guest\.mr\.machine\.json is not used: the record is damaged/);
  });

  it('keeps where the guest had its memory, and mr restore does not give it another', async () => {
    await start('qmp.sock', 'pc-i440fx-10.0');
    const elsewhere = 'pc-i440fx-10.0,max-ram-below-4g=32M';
    const destination = await start('new.sock', elsewhere, '-S', '-incoming', 'defer');
    const save = await runMr('save', '--qmp', at('qmp.sock'), '--record', at('guest.mr'));
    expect(save.status).toBe(0);
    const moved =
      /memory-moved: the guest had the memory pc\.ram at address 0x2000000, and the destination has it at 0x100000000:/;
    const fit = await runMr('fit', at('guest.mr'), '--qmp', at('new.sock'));
    expect(fit).toMatchObject({ status: 1, out: expect.stringMatching(moved) });
    const preflight = ['preflight', '--qmp', at('new.sock'), 'restore', at('guest.mr')];
    expect(await runMr(...preflight)).toMatchObject({ status: 1, out: expect.stringMatching(moved) });
    const restore = ['restore', '--qmp', at('new.sock'), at('guest.mr')];
    expect(await runMr(...restore)).toMatchObject({ status: 1, err: expect.stringMatching(moved) });
    // Here the file says it too, by what the firmware was told. QEMU itself takes it.
    rmSync(at('guest.mr.machine.json'));
    expect(await runMr(...restore)).toMatchObject({ status: 1, err: expect.stringMatching(moved) });
    const { kind } = await restoreMappedRam(destination, { uri: `file:${at('guest.mr')}` });
    expect(kind).toBe('completed');
  });

  onlyInAll(it)('reports as JSON, what was done and why not', async () => {
    await start('qmp.sock', 'pc-i440fx-10.0');
    await start('new.sock', 'pc-i440fx-10.0', '-incoming', 'defer');
    const save = ['save', '--qmp', at('qmp.sock'), at('guest.mr')];
    expect(await runMrJson(...save)).toMatchObject({
      version: 1,
      command: 'mr save',
      file: at('guest.mr'),
      verdict: 'restores',
      wasRunning: true,
      isRunning: false,
    });
    expect(await runMrJson(...save)).toMatchObject({ error: { code: 'target-exists' } });
    expect(await runMrJson(...save, '--force')).toMatchObject({
      error: { code: 'preflight', findings: [{ code: 'wrong-run-state' }] },
    });
    const restore = ['--qmp', at('new.sock'), 'restore', at('guest.mr')];
    expect(await runMrJson('preflight', ...restore)).toMatchObject({ outcome: 'works', findings: [] });
    expect(
      await runMrJson('restore', '--qmp', at('new.sock'), '--keep-running', at('guest.mr')),
    ).toMatchObject({
      isRunning: true,
      byteOffset: 0,
    });
  });

  onlyInAll(it)('saves into a packed file, and restores from one that is as it was sealed', async () => {
    const source = await start('qmp.sock', 'pc-i440fx-10.0');
    const target = await start('new.sock', 'pc-i440fx-10.0', '-incoming', 'defer');
    const packed = at('guest.mr.zst');
    const saved = await runMrJson('save', '--qmp', at('qmp.sock'), '--pack', packed);
    expect(saved).toMatchObject({ command: 'mr save', file: packed, verdict: 'restores', isRunning: false });
    expect(saved.peakDiskBytes).toBeGreaterThan(saved.packedBytes as number);
    expect(readdirSync(folder).filter((name) => name.includes('unpacked'))).toEqual([]);
    const restore = ['restore', '--qmp', at('new.sock'), '--sealed', packed];
    expect(await runMrJson(...restore)).toMatchObject({ error: { code: 'no-seal' } });
    expect((await runMr('seal', packed)).status).toBe(0);
    expect(await runMrJson(...restore)).toMatchObject({ isRunning: false });
    expect(await findGuestDifference(source, target)).toBeUndefined();
  });

  it('Ctrl-C cancels in QEMU: the guest runs on, and there is no file', async () => {
    // No page is zero, so that the save lasts as long as the bandwidth says.
    const vm = await start('qmp.sock', 'pc-i440fx-10.0,memory-backend=pc.ram', ...FULL_MEMORY);
    const terminal = {
      ...memoryTerminal(),
      stderr: { isTTY: true, columns: 100, write: (text: string) => said(text) },
    };
    const controller = new AbortController();
    let line = '';
    // The line is drawn after half a second; by then QEMU is at work.
    const said = (text: string): void => {
      line = text;
      controller.abort();
    };
    const args = ['save', '--qmp', at('qmp.sock'), '--bandwidth', '1k', at('guest.mr')];
    expect(await main(args, terminal, controller.signal)).toBe(130);
    expect(line).toBe('\r\u001b[K');
    expect(await vm.qmp.execute('query-status')).toMatchObject({ running: true });
    expect(() => readFileSync(at('guest.mr'))).toThrow('ENOENT');
  });
});

it('says where there is no QEMU, and which options make no sense', async () => {
  expect(await runMr('save', '--qmp', '/nonexistent/qmp.sock', 'guest.mr')).toEqual({
    status: 2,
    out: '',
    err: 'mr save: /nonexistent/qmp.sock: no such file or directory\n',
  });
  const cases = [
    [['save', 'guest.mr'], '--qmp is needed'],
    [['save', '--qmp', 's', '--offset', '0x4k', 'guest.mr'], 'not a size'],
    [['save', '--qmp', 's', '--bandwidth', 'fast', 'guest.mr'], '--bandwidth: not a size'],
    [['save', '--qmp', 's', '--channels', '256', 'guest.mr'], 'from 1 to 255'],
    [['restore', '--qmp', 's', 'a.mr', 'b.mr'], 'one file is needed, and 2 were given'],
    [['preflight', 'load', 'guest.mr'], 'load is neither save nor restore'],
    [['preflight', 'save'], 'one FILE is needed, or descriptors'],
    [['preflight', 'save', '--fd', '1', 'guest.mr'], 'one FILE is needed, or descriptors'],
    [['preflight', 'save', '--fd', 'x'], '--fd cannot be "x"'],
  ] as const;
  for (const [args, message] of cases) {
    const { status, err } = await runMr(...args);
    expect(status).toBe(2);
    expect(err).toContain(message);
  }
  expect(await runMr('preflight', 'save', '--fd', '12345')).toMatchObject({ status: 2 });
});
