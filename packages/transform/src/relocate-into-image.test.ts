import { readLibvirtCookie, readLibvirtDomain } from '@mapped-ram/facts';
import { onlyInAll } from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { describe, expect, it } from 'vitest';
import { transformFile } from './files.js';
import { type ImageWishes, relocateIntoImage } from './relocate-into-image.js';
import { relocateSnapshot } from './relocate-snapshot.js';
import { useScratch } from './testing/scratch.js';

const scratch = useScratch();
const UUID = '00000000-1111-2222-3333-444444444444';

async function made(input: string, name: string, wishes: ImageWishes) {
  const output = scratch.path(name);
  const { report } = await transformFile({ input, output }, (source, target) =>
    relocateIntoImage(source, target, wishes),
  );
  const source = await openFileSource(output);
  const snapshot = await openSnapshot(source);
  const reading = await readLibvirtDomain(snapshot, source);
  if (reading?.kind !== 'read') throw new Error('no domain');
  const { verdict } = await lintSource(source, { deep: true });
  const cookie = await readLibvirtCookie(snapshot, source);
  await source.close();
  return { output, report, libvirt: snapshot.libvirt, domain: reading.domain, cookie, verdict };
}

describe('a stream in an image', () => {
  it('that is one has its own domain, under another name', async () => {
    const image = await scratch.capture('libvirt-11.3/save-sparse');
    const { report, libvirt, domain, cookie, verdict } = await made(image, 'renamed', {
      name: 'other',
      uuid: UUID,
    });
    expect(domain).toMatchObject({ name: 'other', uuid: UUID });
    expect(report).toMatchObject({ name: 'other', streamOffset: 92 + (libvirt?.dataLengthBytes ?? 0) });
    expect(libvirt).toMatchObject({ format: 6, version: 2, wasRunning: 0 });
    expect(cookie).toContain('<cookie>');
    expect(verdict).toBe('restores');
  });

  onlyInAll(it)('that is none has the header of another', async () => {
    const image = await scratch.capture('libvirt-11.3/save-sparse');
    const plain = scratch.path('plain');
    await transformFile({ input: image, output: plain }, (source, target) =>
      relocateSnapshot(source, target, 0),
    );
    const headerFrom = await openFileSource(image);
    const { output, domain, verdict } = await made(plain, 'with-header', { headerFrom });
    expect(domain.name).toBe('capture');
    expect(verdict).toBe('restores');
    await headerFrom.close();
    const [a, b] = [await openFileSource(image), await openFileSource(output)];
    const bytes = async (source: typeof a) => {
      const all = Buffer.alloc(source.sizeBytes);
      await source.read(all, 0);
      await source.close();
      return all;
    };
    expect((await bytes(a)).equals(await bytes(b))).toBe(true);
  });

  it('takes more XML than there was room for', async () => {
    const image = await scratch.capture('libvirt-11.3/save-sparse');
    const xml = `<domain><name>long</name><os><type machine='pc-i440fx-10.0'>hvm</type></os><description>${'x'.repeat(500_000)}</description></domain>`;
    const { domain, verdict } = await made(image, 'long', { xml });
    expect(domain.xml).toBe(xml);
    expect(verdict).toBe('restores');
  });

  it.each([
    ['no XML', undefined, 'unsupported'],
    ['XML that is not well-formed', '<domain>', 'unsupported'],
    [
      'XML of another machine',
      "<domain><name>n</name><os><type machine='pc-q35-10.0'/></os></domain>",
      'not-restorable',
    ],
  ])('is not made of %s', async (_, xml, code) => {
    const plain = await scratch.capture('qemu-10.0/pc');
    await expect(made(plain, 'none', { xml })).rejects.toMatchObject({ code });
  });
});
