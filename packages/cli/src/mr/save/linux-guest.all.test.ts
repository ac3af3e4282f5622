import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { findQemu, launchQemu, restoreMappedRam } from '@mapped-ram/tool-qemu';
import {
  bootLinux,
  connectConsole,
  FILL_MEMORY,
  findLinuxGuest,
  LINUX_GUEST_ARGS,
} from '@mapped-ram/tool-qemu/linux-guest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMr, runMrJson } from '../../testing/run-mr.js';

const VERSION = '11.1';
const MACHINE = ['-machine', 'pc-q35-10.0', '-m', '192M'];

const guest = findLinuxGuest();
const missing = [guest, findQemu(VERSION)].find((tool) => tool.kind === 'missing');

describe('a Linux guest that has given memory back', () => {
  if (missing?.kind === 'missing' || guest.kind === 'missing') {
    it.skip(`missing tool: ${missing?.kind === 'missing' ? missing.reason : ''}`, () => {});
    return;
  }

  let folder: string;
  let reports: Awaited<ReturnType<typeof runMrJson>>[];
  let symbols: string;
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(scratchParent, 'mr-save-linux-'));
    const { console, kill } = await bootLinux(guest, {
      version: VERSION,
      args: [...MACHINE, '-qmp', `unix:${at('qmp.sock')},server=on,wait=off`],
      files: [FILL_MEMORY],
    });
    try {
      expect(await console.run('fill-memory 100; echo status $?')).toContain('status 0');
      symbols = await console.run('grep -E " (_stext|linux_banner|init_task)$" /proc/kallsyms');
      const save = ['save', '--qmp', at('qmp.sock'), '--keep-running'];
      reports = [
        await runMrJson(...save, at('plain.mr')),
        await runMrJson(...save, '--trim', at('trimmed.mr')),
        await runMrJson(...save, '--trim', '--live', at('live.mr')),
        await runMrJson(...save, '--trim', '--pack', at('packed.mr')),
      ];
    } finally {
      await kill();
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is saved without what it does not use, paused, live and packed', async () => {
    const [plain, ...trimmed] = reports;
    expect(plain).not.toHaveProperty('trim');
    for (const { trim, setPages, verdict } of trimmed) {
      expect(verdict).toBe('restores');
      expect(trim.droppedPages * 2).toBeGreaterThan(setPages);
      expect(trim.allocatedBytesAfter * 2).toBeLessThan(trim.allocatedBytesBefore);
    }
    const { files } = await runMrJson('info', at('packed.mr'));
    expect(files[0].guest.release).toBe(guest.release);
    expect((await runMr('info', at('trimmed.mr'))).out).toMatch(/free in it +[\d,]+ pages/);
  });

  it.each(['trimmed.mr', 'live.mr'])('goes on out of %s, and finds its memory', async (name) => {
    const vm = await launchQemu({
      version: VERSION,
      args: [...LINUX_GUEST_ARGS, ...MACHINE, '-S', '-incoming', 'defer'],
    });
    try {
      expect(await restoreMappedRam(vm, { uri: `file:${at(name)}` })).toEqual({ kind: 'completed' });
      const console = await connectConsole(vm.folder);
      await vm.qmp.execute('cont');
      expect(await console.run('fill-memory 100; echo status $?')).toContain('status 0');
      expect(await console.run('dmesg')).not.toMatch(/BUG|Bad page|corrupt|Oops|Call Trace/);
      console.close();
    } finally {
      await vm.kill();
    }
  });

  it('has its processes, symbols and log read by commands', async () => {
    const { tasks, release } = await runMrJson('ps', '--format', 'json', at('trimmed.mr'));
    expect(release).toBe(guest.release);
    expect(tasks[0]).toMatchObject({ pid: 1, parentPid: 0, name: 'init' });
    const { out: processes } = await runMr('ps', '--user', '-T', at('packed.mr'));
    expect(processes).toMatch(
      /^PID +TID +PPID +S +VSZ KiB +RSS KiB +NAME\n +1 +1 +0 +[RS] +\d+ +\d+ +init\n$/,
    );
    const { out: map } = await runMr('symbols', at('live.mr'));
    for (const line of symbols.split('\n')) expect(map).toContain(`${line}\n`);
    const { status, err } = await runMr('symbols', '--format', 'isf', at('live.mr'), '-o', at('isf.json'));
    expect(status, err).toBe(0);
    const { metadata, symbols: linked } = JSON.parse(readFileSync(at('isf.json'), 'utf8'));
    expect(metadata.format).toBe('6.2.0');
    expect(linked).toHaveProperty('init_task');
    expect((await runMr('symbols', '--linked', at('live.mr'))).out).toMatch(/^ffffffff81000000 T _s?text$/m);
    expect((await runMr('dmesg', at('packed.mr'))).out).toContain(`Linux version ${guest.release}`);
  });

  it('is a kdump file half as large without what it does not use', async () => {
    const kdump = ['extract', '--kdump', '--compression', 'zstd', at('plain.mr')];
    const whole = await runMrJson(...kdump, '-o', at('whole.kdump'));
    const small = await runMrJson(...kdump, '--free-pages', 'leave-out', '-o', at('small.kdump'));
    expect(small.leftOutPages).toBeGreaterThan(small.pages);
    expect(small.sizeBytes * 2).toBeLessThan(whole.sizeBytes);
  });
});
