import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { prepareClone, startClone } from '@mapped-ram/clone';
import { findQemu } from '@mapped-ram/tool-qemu';
import { findLibvirt, startLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LibvirtBed } from './testing/libvirt-bed.js';
import { runMr } from './testing/run-mr.js';

const VERSIONS = ['10.0', '11.1'] as const;
const OTHER_UUID = '00000000-1111-2222-3333-444444444444';

/** A line of libvirt's log as a shell reads it: an option and its value, in single quotes where it has to. */
function wordsOf(line: string): string[] {
  const [option = '', ...rest] = line.replace(/ \\$/, '').split(' ');
  const value = rest.join(' ').replace(/^'(.*)'$/, '$1');
  return value === '' ? [option] : [option, value];
}

/** libvirt saves, we make other images of it, and libvirt restores each: the guest's memory is equal, and it counts on. */
describe.each(VERSIONS)('with libvirt beside QEMU %s', (version) => {
  const found = findLibvirt(version);
  if (found.kind === 'missing') {
    it.skip(`nothing is tried: ${found.reason}`);
    return;
  }
  let bed: LibvirtBed;
  let saved = '';
  let memory = '';

  const mr = async (...args: string[]) => {
    const { status, err } = await runMr(...args);
    expect({ status, err }).toEqual({ status: 0, err: '' });
  };
  const made = (name: string) => bed.path(`${name}.save`);

  beforeAll(async () => {
    bed = await LibvirtBed.make(await startLibvirt(found, ['save_image_format = "sparse"']));
    await bed.start();
    await bed.libvirt.virsh('suspend', 'guest');
    memory = await bed.memory();
    saved = made('saved');
    await bed.libvirt.virsh('save', 'guest', saved);
  });

  afterEach(() => bed.end());

  afterAll(() => bed.libvirt.kill());

  it('an image of format sparse is restored', async () => {
    expect(await bed.restoreAndCompare(saved, memory)).toBe('equal');
  });

  it.each([
    ['copy', []],
    ['scrub', []],
    ['convert', ['--to', 'stream']],
    ['copy', ['--channels', '2']],
  ])('what mr %s %j makes is', async (command, options) => {
    const image = made(`${command}${options.length}`);
    await mr(command, ...options, saved, image);
    expect(await bed.restoreAndCompare(image, memory)).toBe('equal');
  });

  it('what mr convert makes is restored as it was when it is converted back', async () => {
    const [stream, image] = [made('stream'), made('back')];
    await mr('convert', '--to', 'stream', saved, stream);
    await mr('convert', '--to', 'mapped-ram', stream, image);
    expect(await bed.restoreAndCompare(image, memory)).toBe('equal');
  });

  it('what mr relocate puts into an image again is, under another name', async () => {
    const [plain, image] = [made('plain'), made('other')];
    await mr('relocate', '--offset', '0', saved, plain);
    await mr('relocate', '--libvirt-header', saved, '--name', 'other', '--uuid', OTHER_UUID, plain, image);
    expect(await bed.restoreAndCompare(image, memory, 'other')).toBe('equal');
  });

  it('what mr relocate makes with other XML, longer than virsh takes, is', async () => {
    const [xml, image] = [made('xml'), made('longer')];
    const text = await bed.libvirt.virsh('save-image-dumpxml', saved);
    const padding = `<description>${'long '.repeat(50_000)}</description>`;
    await writeFile(xml, text.replace('<memory', `${padding}<memory`));
    await mr('relocate', '--xml', xml, saved, image);
    expect(await bed.restoreAndCompare(image, memory)).toBe('equal');
  });

  it.each([
    ['that says it is incomplete', 0, Buffer.from('LibvirtQemudPart')],
    ['that says gzip', 28, Uint8Array.of(1, 0, 0, 0)],
    ['that says raw', 28, Uint8Array.of(0, 0, 0, 0)],
    ['that says 9', 28, Uint8Array.of(9, 0, 0, 0)],
    ['of version 3', 16, Uint8Array.of(3, 0, 0, 0)],
    ['with a cookie that is none', 32, Uint8Array.of(0, 0, 0, 1)],
  ])('what mr repair makes of an image %s is', async (name, byteOffset, bytes) => {
    const [bad, image] = [made(`bad ${name}`), made(`mended ${name}`)];
    await copyFile(saved, bad);
    await bed.patch(bad, byteOffset, bytes);
    await mr('repair', bad, image);
    expect(await bed.restoreAndCompare(image, memory)).toBe('equal');
  });

  it.each([
    ['--image-format raw', ['--image-format', 'raw']],
    ['--image-format gzip', ['--image-format', 'gzip']],
    ['--image-format zstd', ['--image-format', 'zstd']],
    ['--image-format sparse --parallel-channels 4', ['--image-format', 'sparse', '--parallel-channels', '4']],
    ['--bypass-cache', ['--bypass-cache']],
    ['--bypass-cache --parallel-channels 4', ['--bypass-cache', '--parallel-channels', '4']],
  ])('virsh save %s is restored, and so is what is made of it', async (_, options) => {
    const [image, other] = [made(options.join('')), made(`${options.join('')}-other`)];
    const isClassic = options.some((option) => ['raw', 'gzip', 'zstd'].includes(option));
    if (found.libvirt.startsWith('11.') && !options.every((option) => option === '--bypass-cache')) {
      // Format and channels are asked for in qemu.conf there.
      expect((await bed.libvirt.ask('save', 'guest', image, ...options)).stderr).not.toBe('');
      return;
    }
    await bed.start();
    await bed.libvirt.virsh('suspend', 'guest');
    const wanted = await bed.memory();
    await bed.libvirt.virsh('save', 'guest', image, ...options);
    expect(await bed.restoreAndCompare(image, wanted)).toBe('equal');
    await mr('convert', '--to', isClassic ? 'mapped-ram' : 'stream', image, other);
    expect(await bed.restoreAndCompare(other, wanted)).toBe('equal');
  });

  it('an external snapshot with memory is restored, and so is what mr convert makes of it', async () => {
    const [image, other] = [made('external'), made('external-other')];
    await bed.start();
    await bed.libvirt.virsh('suspend', 'guest');
    const wanted = await bed.memory();
    const memspec = `file=${image},snapshot=external`;
    await bed.libvirt.virsh('snapshot-create-as', 'guest', '--no-metadata', '--memspec', memspec);
    await bed.end();
    expect(await bed.restoreAndCompare(image, wanted)).toBe('equal');
    await mr('convert', '--to', 'mapped-ram', image, other);
    expect(await bed.restoreAndCompare(other, wanted)).toBe('equal');
  });

  it('managedsave is mended in place, and start goes on from it', async () => {
    await bed.define({ name: 'managed' });
    await bed.libvirt.virsh('start', 'managed');
    await bed.countsOn('managed');
    await bed.libvirt.virsh('suspend', 'managed');
    const wanted = await bed.memory('managed');
    await bed.libvirt.virsh('managedsave', 'managed');
    const image = bed.libvirt.pathOf('/var/lib/libvirt/qemu/save/managed.save');
    await mr('scrub', image);
    await bed.libvirt.virsh('start', 'managed', '--paused');
    expect(await bed.memory('managed')).toBe(wanted);
    await bed.libvirt.virsh('resume', 'managed');
    await bed.countsOn('managed');
    await bed.libvirt.virsh('destroy', 'managed');
    await bed.libvirt.virsh('undefine', 'managed');
  });

  it('a plain QEMU goes on from an image with the arguments that libvirt logged', async () => {
    await bed.start();
    const log = await readFile(bed.libvirt.pathOf('/var/log/libvirt/qemu/guest.log'), 'utf8');
    await bed.end();
    const qemu = findQemu(version);
    if (qemu.kind === 'missing') throw new Error(qemu.reason);
    const logged = log.slice(log.lastIndexOf('/usr/bin/qemu-system-x86_64 \\')).split('\n').slice(1);
    const words = logged.filter((line) => line.startsWith('-')).flatMap(wordsOf);
    await mr('scrub', '-f', saved, made('base'));
    await chmod(made('base'), 0o444);
    const clone = await prepareClone(made('base'), made('plain-clone'));
    const command = [qemu.file, ...qemu.args, ...words, '-display', 'none'] as [string, ...string[]];
    const vm = await startClone(clone, command, { stdio: 'ignore', env: { ...process.env, ...qemu.env } });
    expect(vm.leftOut.length).toBeGreaterThan(2);
    const count = () => vm.qmp.execute('human-monitor-command', { 'command-line': 'xp /1xh 0x502' });
    const before = await count();
    await expect.poll(count).not.toBe(before);
    vm.process.kill('SIGKILL');
    await vm.exit;
  });

  it('clones are restored, go on by themselves, and can be saved and restored again', async () => {
    await mr('scrub', '-f', saved, made('base'));
    await chmod(made('base'), 0o444);
    const names = ['one', 'two', 'three'];
    for (const name of names) {
      await mr('clone', made('base'), '--libvirt', name, '-o', made(name));
      await bed.libvirt.virsh('restore', '--paused', made(name));
      expect(await bed.memory(name)).toBe(memory);
    }
    await bed.libvirt.virsh('resume', 'one');
    await bed.countsOn('one');
    expect(await bed.memory('two')).toBe(memory);
    for (const image of ['again', 'once-more']) {
      await bed.libvirt.virsh('suspend', 'one');
      const wanted = await bed.memory('one');
      await bed.libvirt.virsh('save', 'one', made(image));
      expect(await bed.restoreAndCompare(made(image), wanted, 'one')).toBe('equal');
      await bed.libvirt.virsh('restore', made(image));
    }
    for (const name of names) await bed.end(name);
  });
});
