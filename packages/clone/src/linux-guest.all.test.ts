import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findQemu, QEMU_VERSIONS, saveMappedRam } from '@mapped-ram/tool-qemu';
import {
  bootLinux,
  connectConsole,
  findLinuxGuest,
  LINUX_GUEST_ARGS,
} from '@mapped-ram/tool-qemu/linux-guest';
import { describe, expect, it } from 'vitest';
import { prepareClone } from './prepare-clone.js';
import { type RunningClone, startClone } from './start-clone.js';
import { endClone } from './testing/clone-bed.js';

const MEMORY = ['-machine', 'pc-q35-10.0,memory-backend=pc.ram', '-m', '192M'];
const BACKEND = ['-object', 'memory-backend-ram,id=pc.ram,size=192M'];

const guest = findLinuxGuest();

describe.each(QEMU_VERSIONS)('Linux in QEMU %s', (version) => {
  const qemu = findQemu(version);
  const missing = [guest, qemu].find((tool) => tool.kind === 'missing');
  if (missing?.kind === 'missing' || guest.kind === 'missing' || qemu.kind === 'missing') {
    it.skip(`missing tool: ${missing?.reason}`, () => {});
    return;
  }

  it('works in clones, and each goes its own way', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clone-linux-test-'));
    const vms: RunningClone[] = [];
    try {
      const path = join(folder, 'linux.mr');
      const booted = await bootLinux(guest, { version, args: [...MEMORY, ...BACKEND] });
      try {
        await booted.console.run('echo before > /saved; uptime=$(cut -d. -f1 /proc/uptime)');
        await booted.vm.qmp.execute('stop');
        expect(await saveMappedRam(booted.vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
      } finally {
        await booted.kill();
      }
      const clone = await prepareClone(path, join(folder, 'clone'));
      const answers: string[] = [];
      for (const name of ['one', 'two']) {
        const cwd = join(folder, name);
        await mkdir(cwd);
        const args = ['-no-user-config', '-display', 'none', ...LINUX_GUEST_ARGS, ...MEMORY, ...BACKEND];
        const env = { ...process.env, ...qemu.env };
        vms.push(await startClone(clone, [qemu.file, ...qemu.args, ...args], { stdio: 'ignore', cwd, env }));
        const console = await connectConsole(cwd);
        // Programs start, memory is given and taken, files are as they were, and time goes on.
        answers.push(
          await console.run(`cat /saved; ls /; touch /${name}; busybox uname -r; seq 1 20000 | md5sum`),
        );
        answers.push(await console.run('sleep 1; [ $(cut -d. -f1 /proc/uptime) -gt $uptime ] && ls /'));
        console.close();
      }
      const [first = '', firstLater, second = '', secondLater] = answers;
      expect(first).toMatch(/^before\n/);
      expect(first).toContain(guest.release);
      expect(second).toBe(first);
      expect(firstLater).toContain('one');
      expect(secondLater).toContain('two');
      expect(secondLater).not.toContain('one');
    } finally {
      for (const vm of vms) await endClone(vm);
      await rm(folder, { recursive: true });
    }
  });
});
