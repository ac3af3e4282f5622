import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QEMU_VERSIONS } from '../qemu-version.js';
import { findLibvirt } from './find-libvirt.js';
import { type Libvirt, startLibvirt } from './start-libvirt.js';

describe.each(QEMU_VERSIONS)('libvirt beside QEMU %s', (version) => {
  const found = findLibvirt(version);
  if (found.kind === 'missing') {
    it.skip(`is not here: ${found.reason}`);
    return;
  }
  let libvirt: Libvirt;

  beforeAll(async () => {
    libvirt = await startLibvirt(found, ['save_image_format = "sparse"']);
  });

  afterAll(async () => {
    await libvirt.kill();
    expect(existsSync(libvirt.folder)).toBe(false);
  });

  it('runs its own QEMU', async () => {
    const text = await libvirt.virsh('version');
    expect(text).toContain(`libvirt ${found.libvirt}`);
    expect(text).toContain(`QEMU ${version}.`);
  });

  it('takes settings', async () => {
    expect(await readFile(libvirt.pathOf('/etc/libvirt/qemu.conf'), 'utf8')).toContain('"sparse"');
  });

  it('says what virsh says', async () => {
    await expect(libvirt.virsh('restore', '/nowhere')).rejects.toThrow('No such file or directory');
  });

  it('asks one thing after another, and several at once', async () => {
    expect(await libvirt.ask('destroy', 'nobody')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: [^\n]*'nobody'\n/),
    });
    const words = ['it\'s "so"; \\', 'long '.repeat(200)];
    const all = await Promise.all(words.map((text) => libvirt.ask('echo', text)));
    expect(all).toEqual(words.map((stdout) => ({ code: 0, stdout, stderr: '' })));
  });

  it('starts the daemon again when it is killed', async () => {
    libvirt.signalDaemon('SIGKILL');
    await expect.poll(async () => (await libvirt.ask('uri')).code).toBe(0);
  });
});
