import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { findQemu, launchQemu, QEMU_VERSIONS, restoreMappedRam } from '@mapped-ram/tool-qemu';
import {
  type BootedLinux,
  bootLinux,
  connectConsole,
  FILL_MEMORY,
  findBalloonDriver,
  findLinuxGuest,
  LINUX_GUEST_ARGS,
} from '@mapped-ram/tool-qemu/linux-guest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMr, runMrJson } from '../../testing/run-mr.js';

const MACHINE = [
  ...['-machine', 'pc-q35-10.0', '-m', '192M', '-object', 'iothread,id=thread0'],
  ...['-device', 'virtio-balloon-pci,free-page-hint=on,iothread=thread0'],
];

const guest = findLinuxGuest();
const driver = findBalloonDriver();

describe.each(QEMU_VERSIONS)('a Linux guest with a balloon that gives hints, in QEMU %s', (version) => {
  const missing = [guest, driver, findQemu(version)].find((tool) => tool.kind === 'missing');
  if (missing?.kind === 'missing' || guest.kind === 'missing' || driver.kind === 'missing') {
    it.skip(`missing tool: ${missing?.kind === 'missing' ? missing.reason : ''}`, () => {});
    return;
  }

  let folder: string;
  let booted: BootedLinux;
  const at = (name: string) => join(folder, name);
  const qmp = () => ['--qmp', at('qmp.sock')];
  const save = (...options: string[]) => runMrJson('save', ...qmp(), '--keep-running', '-f', ...options);

  beforeAll(async () => {
    folder = mkdtempSync(join(scratchParent, 'mr-save-balloon-'));
    booted = await bootLinux(guest, {
      version,
      args: [...MACHINE, '-qmp', `unix:${at('qmp.sock')},server=on,wait=off`],
      files: [FILL_MEMORY, driver.file],
    });
  });
  afterAll(async () => {
    await booted?.kill();
    rmSync(folder, { recursive: true });
  });

  it('is told of where no driver has it, and found where one has', async () => {
    const preflight = () => runMr('preflight', ...qmp(), '--free-page-hint', 'save', at('hinted.mr'));
    expect((await preflight()).out).toContain('warning free-page-hint-unheard: no driver');
    expect(await booted.console.run(`${driver.command}; echo status $?`)).toContain('status 0');
    expect((await preflight()).out).toBe(`save to ${at('hinted.mr')}: works\n`);
  });

  it('is saved without most of what it has given back, and goes on elsewhere', async () => {
    const { console } = booted;
    await console.run('mkdir /mnt; mount -t tmpfs tmpfs /mnt');
    await console.run('dd if=/dev/urandom of=/mnt/random bs=1M count=8 2>/dev/null');
    await console.run('sha256sum /mnt/random > /mnt/sums');
    expect(await console.run('fill-memory 100; echo status $?')).toContain('status 0');
    const plain = await save(at('plain.mr'));
    expect(plain).not.toHaveProperty('hintedBytes');
    // How much is told in time is up to the guest.
    await expect
      .poll(async () => {
        const { setPages, hintedBytes } = await save(
          '--free-page-hint',
          '--bandwidth',
          '40M',
          at('hinted.mr'),
        );
        return hintedBytes > 0 && setPages < 0.6 * plain.setPages;
      })
      .toBe(true);

    const vm = await launchQemu({
      version,
      args: [...LINUX_GUEST_ARGS, ...MACHINE, '-S', '-incoming', 'defer'],
    });
    try {
      expect(await restoreMappedRam(vm, { uri: `file:${at('hinted.mr')}` })).toEqual({ kind: 'completed' });
      const restored = await connectConsole(vm.folder);
      await vm.qmp.execute('cont');
      expect(await restored.run('fill-memory 100; echo status $?')).toContain('status 0');
      expect(await restored.run('sha256sum -c /mnt/sums')).toBe('/mnt/random: OK');
      expect(await restored.run('dmesg')).not.toMatch(/BUG|Bad page|corrupt|Oops|Call Trace/);
      restored.close();
    } finally {
      await vm.kill();
    }
  });

  it('says how much it told, and that a paused guest tells nothing', async () => {
    const hint = (...options: string[]) => runMr('save', ...qmp(), '-f', '--free-page-hint', ...options);
    const told = await hint('--keep-running', at('told.mr'));
    expect(told.out).toMatch(/told\.mr: the guest told of .* free memory/);
    await booted.vm.qmp.execute('stop');
    const { out } = await hint(at('told.mr'));
    expect(out).toContain('told.mr: the guest told of no free memory in time');
    expect(out).toContain('warning free-page-hint-unheard: the guest is paused');
    expect(out).toContain('free-page-reporting=on');
  });
});
