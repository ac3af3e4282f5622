import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDomain, readLibvirtCookie, readLibvirtDomain } from '@mapped-ram/facts';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareLibvirtClone } from './libvirt-clone.js';
import { domainOfClone, sharedByClones } from './libvirt-domain.js';
import { prepareClone } from './prepare-clone.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(scratchParent, 'libvirt-clone-test-'));
  await (await loadCapture('libvirt-11.3/save-sparse')).writeTo(join(folder, 'guest.save'));
  await (await loadCapture('qemu-10.0/pc')).writeTo(join(folder, 'plain.mr'));
});
afterAll(() => rm(folder, { recursive: true }));

const IDENTITY = { name: 'other', uuid: '00000000-1111-2222-3333-444444444444' };
const XML = `<domain type='qemu'>
  <name>saved</name>
  <memory unit='MiB'>8</memory>
  <memoryBacking><source type='memfd'/></memoryBacking>
  <os><type machine='pc-i440fx-10.0'>hvm</type><nvram>/vms/saved.fd</nvram></os>
  <devices>
    <disk type='file' device='disk'><source file='/vms/saved.qcow2'/></disk>
    <disk type='file' device='cdrom'><source file='/vms/boot.iso'/><readonly/></disk>
    <channel type='unix'><source mode='bind' path='/run/agent.sock'/></channel>
    <channel type='unix'><source mode='connect' path='/run/host.sock'/></channel>
    <graphics type='vnc' port='5901' autoport='no'/>
  </devices>
</domain>
`;

describe('an image for virsh restore', () => {
  it('has the domain under another name, with its memory mapped, and a small state', async () => {
    const output = join(folder, 'clone.save');
    const path = join(folder, 'guest.save');
    const clone = await prepareLibvirtClone(path, output, { ...IDENTITY });
    expect(clone).toMatchObject({ ...IDENTITY, snapshot: path, mappedBlocks: ['pc.ram'] });
    expect(clone.sizeBytes).toBeLessThan(1024 * 1024);

    const source = await openFileSource(output);
    const snapshot = await openSnapshot(source, { tolerant: true });
    expect(snapshot.libvirt).toMatchObject({ magic: 'LibvirtQemudSave', version: 2, format: 0 });
    expect(snapshot.ramLayout).toBe('classic');
    expect(snapshot.configuration?.capabilities).toBeUndefined();
    const reading = await readLibvirtDomain(snapshot, source);
    if (reading?.kind !== 'read') throw new Error('no domain');
    expect(reading.domain).toMatchObject(IDENTITY);
    expect(reading.domain.qemuArguments).toEqual([
      '-object',
      `memory-backend-file,id=mr.ram,size=16777216,mem-path=${path},offset=1048576,share=off,rom=off,readonly=on,x-use-canonical-path-for-ramblock-id=off`,
      ...['-machine', 'memory-backend=mr.ram', '-global', 'migration.zero-page-detection=none'],
    ]);
    const saved = await openFileSource(path);
    const cookie = await readLibvirtCookie(await openSnapshot(saved), saved);
    expect(cookie).toContain('<cookie>');
    expect(await readLibvirtCookie(snapshot, source)).toBe(cookie);
    await saved.close();
    await source.close();
  });

  it('has a new UUID where none is given', async () => {
    const make = (name: string) =>
      prepareLibvirtClone(join(folder, 'guest.save'), join(folder, `${name}.save`), { name });
    expect((await make('a')).uuid).not.toBe((await make('b')).uuid);
  });

  it('is made of a plain snapshot with XML, and of none without', async () => {
    const output = join(folder, 'with-xml.save');
    const path = join(folder, 'plain.mr');
    const clone = await prepareLibvirtClone(path, output, { name: 'web', xml: XML });
    expect(clone.warnings.map(({ code }) => code)).toEqual([
      ...['writable-file', 'shared-file', 'shared-file', 'fixed-port'],
    ]);
    await expect(prepareLibvirtClone(path, join(folder, 'no.save'), { name: 'web' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('XML'),
    });
    await expect(
      prepareLibvirtClone(path, join(folder, 'no.save'), { name: 'web', xml: '<domain>' }),
    ).rejects.toMatchObject({ code: 'unsupported' });
    expect(existsSync(join(folder, 'no.save'))).toBe(false);
  });

  it.each([
    ['', undefined],
    ['a/b', undefined],
    ['a', 'no-uuid'],
  ])('is not made for the name "%s" and the UUID %s', async (name, uuid) => {
    const attempt = prepareLibvirtClone(join(folder, 'guest.save'), join(folder, 'no.save'), { name, uuid });
    await expect(attempt).rejects.toThrow(RangeError);
  });
});

describe('the domain of a clone', () => {
  it('has sockets of its own, and nothing of how its memory was backed', () => {
    const { root, xml } = domainOfClone(parseDomain(XML), IDENTITY, ['-a', "it's <1>"]);
    expect(root.children.map(({ name }) => name)).not.toContain('memoryBacking');
    expect(xml).toContain("path='/run/other-agent.sock'");
    expect(xml).toContain("path='/run/host.sock'");
    expect(xml).toContain('<uuid>00000000-1111-2222-3333-444444444444</uuid>');
    expect(parseDomain(xml).qemuArguments).toEqual(['-a', "it's <1>"]);
  });

  it('keeps the arguments that it has', () => {
    const first = domainOfClone(parseDomain(XML), IDENTITY, ['-a']);
    expect(domainOfClone(first, IDENTITY, ['-b']).qemuArguments).toEqual(['-a', '-b']);
  });

  it('is none where the memory is in NUMA nodes', () => {
    const numa = XML.replace('<devices>', "<cpu><numa><cell id='0' memory='8192'/></numa></cpu><devices>");
    expect(() => domainOfClone(parseDomain(numa), IDENTITY, [])).toThrow('NUMA');
  });

  it('shares its disks, but for those that nobody writes to', () => {
    expect(sharedByClones(parseDomain(XML)).map(({ message }) => message.split(' ')[0])).toEqual([
      ...['/vms/saved.qcow2', '/vms/saved.fd', 'vnc'],
    ]);
  });
});

describe('another id for the memory backend', () => {
  it('is that of the object and of the block', async () => {
    const target = join(folder, 'backend');
    const { qemuArgs } = await prepareClone(join(folder, 'plain.mr'), target, { backendId: 'mine' });
    expect(qemuArgs[1]).toContain('memory-backend=mine');
    expect(qemuArgs[3]).toContain('id=mine,');
    expect(readFileSync(join(target, 'state')).includes('\x04mine')).toBe(true);
  });

  it.each(['', '1', 'a,b'])('is not "%s"', async (backendId) => {
    const attempt = prepareClone(join(folder, 'plain.mr'), join(folder, 'no'), { backendId });
    await expect(attempt).rejects.toThrow(RangeError);
  });
});
