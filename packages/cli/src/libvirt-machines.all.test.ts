import { chmod, copyFile } from 'node:fs/promises';
import { findLibvirt, startLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LibvirtBed } from './testing/libvirt-bed.js';
import { LIBVIRT_MACHINES } from './testing/libvirt-machines.js';
import { runMr } from './testing/run-mr.js';

const OTHER_UUID = '00000000-1111-2222-3333-444444444444';

/** The kinds that differ in their memory or their firmware; `pc` is in the test of the circle. */
const KINDS = [
  'q35',
  'memfd',
  'NUMA nodes',
  'one NUMA node',
  'a DIMM',
  'a disk and a network card',
  'UEFI with nvram',
];

/** Of those, what is tried with the older libvirt too. */
const OLD_KINDS = ['one NUMA node', 'a DIMM'];

/** The machines that the test of the circle leaves out: what is made of their images restores as well. */
describe.each(['10.0', '11.1'] as const)('with libvirt beside QEMU %s', (version) => {
  const found = findLibvirt(version);
  if (found.kind === 'missing') {
    it.skip(`nothing is tried: ${found.reason}`);
    return;
  }
  let bed: LibvirtBed;

  beforeAll(async () => {
    bed = await LibvirtBed.make(await startLibvirt(found, ['save_image_format = "sparse"']));
  });
  afterAll(() => bed.libvirt.kill());

  const mr = async (...args: string[]) => {
    const { status, err } = await runMr(...args);
    expect({ status, err }).toEqual({ status: 0, err: '' });
  };
  const made = (name: string) => bed.path(`${name}.save`);

  const machines = LIBVIRT_MACHINES.filter(({ kind }) =>
    (version === '10.0' ? OLD_KINDS : KINDS).includes(kind),
  );

  describe.each(machines)('$kind', ({ kind, parts, missing }) => {
    if (missing !== undefined) {
      it.skip(`is not tried: ${missing}`);
      return;
    }
    let memory = '';

    beforeAll(async () => {
      await bed.start(parts((name) => bed.path(name)));
      await bed.libvirt.virsh('suspend', 'guest');
      memory = await bed.memory();
      await bed.libvirt.virsh('save', 'guest', made('saved'));
    });

    afterEach(async () => {
      for (const name of ['guest', 'one', 'two']) await bed.end(name);
    });

    it('copied, scrubbed, converted there and back, out of the image and into one: restored, with its memory, and goes on', async () => {
      await mr('copy', '-f', made('saved'), made('copied'));
      await mr('scrub', '-f', made('copied'), made('scrubbed'));
      await mr('convert', '-f', '--to', 'stream', made('scrubbed'), made('stream'));
      await mr('convert', '-f', '--to', 'mapped-ram', made('stream'), made('back'));
      await mr('relocate', '-f', '--offset', '0', made('back'), made('plain'));
      await mr('relocate', '-f', '--libvirt-header', made('saved'), made('plain'), made('image'));
      expect(await bed.restoreAndCompare(made('image'), memory)).toBe('equal');
    });

    it('repaired, and under another name: restored, with its memory, and goes on', async () => {
      await copyFile(made('saved'), made('bad'));
      await bed.patch(made('bad'), 28, Uint8Array.of(0, 0, 0, 0));
      await mr('repair', '-f', made('bad'), made('mended'));
      await mr('relocate', '-f', '--name', 'one', '--uuid', OTHER_UUID, made('mended'), made('image'));
      expect(await bed.restoreAndCompare(made('image'), memory, 'one')).toBe('equal');
    });

    if (kind === 'NUMA nodes') {
      it('mr clone refuses it', async () => {
        const { status, err } = await runMr('clone', made('saved'), '--libvirt', 'one', '-o', made('one'));
        expect(status).toBe(1);
        expect(err).toContain('2 NUMA nodes');
      });
      return;
    }

    it('mr clone: two go on by themselves, and one is saved and restored again', async () => {
      const [base, again] = [made('base'), made('again')];
      await mr('scrub', '-f', made('saved'), base);
      await chmod(base, 0o444);
      for (const name of ['one', 'two']) {
        const { status } = await runMr('clone', base, '-f', '--libvirt', name, '-o', made(name));
        expect(status).toBe(0);
        await bed.libvirt.virsh('restore', '--paused', made(name));
        expect(await bed.memory(name)).toBe(memory);
      }
      await bed.libvirt.virsh('resume', 'one');
      await bed.countsOn('one');
      expect(await bed.memory('two')).toBe(memory);
      await bed.libvirt.virsh('suspend', 'one');
      const wanted = await bed.memory('one');
      await bed.libvirt.virsh('save', 'one', again);
      expect(await bed.restoreAndCompare(again, wanted, 'one')).toBe('equal');
    });
  });
});
