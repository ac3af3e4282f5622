import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDomain, readLibvirtCookie, readLibvirtDomain } from '@mapped-ram/facts';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseBlocks } from './block-choice.js';
import { prepareLibvirtClone } from './libvirt-clone.js';
import { domainOfClone, sharedByClones } from './libvirt-domain.js';
import { memoryOfClone } from './libvirt-memory.js';
import { prepareClone } from './prepare-clone.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(scratchParent, 'libvirt-clone-test-'));
  await (await loadCapture('libvirt-11.3/save-sparse')).writeTo(join(folder, 'guest.save'));
  await (await loadCapture('qemu-10.0/pc')).writeTo(join(folder, 'plain.mr'));
});
afterAll(() => rm(folder, { recursive: true }));

const MIB = 1024 * 1024;
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

  it('has no NUMA node and no DIMM of its own', () => {
    const { xml } = domainOfClone(parseDomain(withNodes(1)), IDENTITY, []);
    expect(xml).not.toMatch(/numa>|dimm|maxMemory|memnode/);
    expect(xml).toContain("<memory unit='MiB'>8</memory>");
  });

  it('shares its disks, but for those that nobody writes to', () => {
    expect(sharedByClones(parseDomain(XML)).map(({ message }) => message.split(' ')[0])).toEqual([
      ...['/vms/saved.qcow2', '/vms/saved.fd', 'vnc'],
    ]);
  });
});

/** The domain with its memory in NUMA nodes, and with a DIMM. */
function withNodes(count: number): string {
  const cells = Array.from({ length: count }, (_, id) => `<cell id='${id}' memory='4096'/>`);
  const dimm =
    "<memory model='dimm'><target><size>4096</size><node>0</node></target><address type='dimm' slot='0' base='0x100000000'/></memory>";
  return XML.replace(
    '<devices>',
    `<maxMemory slots='2' unit='MiB'>64</maxMemory><numatune><memnode cellid='0'/></numatune><cpu><numa>${cells.join('')}</numa></cpu><devices>${dimm}`,
  );
}

describe('the memory of a clone', () => {
  const blockOf = (idstr: string, index: number) =>
    ({ idstr, index, usedLength: 4 * MIB, pagesOffset: (1 + 8 * index) * MIB }) as RamBlock;
  const memoryOf = (xml: string, ...ids: string[]) => {
    const mapped = ids.map(blockOf);
    return memoryOfClone(
      parseDomain(xml),
      chooseBlocks(mapped, 'pc-q35-10.0'),
      'pc-q35-10.0',
      '/vms/guest.save',
    );
  };

  it('is main RAM, where the domain has one NUMA node, and its DIMMs', () => {
    const { names, qemuArguments } = memoryOf(withNodes(1), 'ram-node0', 'memdimm0');
    expect([...names].map(([{ idstr }, name]) => [idstr, name])).toEqual([
      ['ram-node0', 'mr.ram'],
      ['memdimm0', 'mr.memdimm0'],
    ]);
    expect(qemuArguments).toEqual([
      ...[
        '-object',
        expect.stringContaining('id=mr.ram,size=4194304,mem-path=/vms/guest.save,offset=1048576,'),
      ],
      ...['-machine', 'memory-backend=mr.ram', '-m', 'size=4194304B,slots=2,maxmem=67108864B'],
      ...['-object', expect.stringContaining('id=mr.memdimm0,')],
      ...['-device', 'pc-dimm,id=dimm0,memdev=mr.memdimm0,node=0,slot=0,addr=0x100000000'],
    ]);
  });

  it.each([
    ['two nodes', withNodes(2), '2 NUMA nodes', ['ram-node0', 'ram-node1', 'memdimm0']],
    ['a DIMM that is not in the snapshot', withNodes(1), 'dimm0', ['ram-node0']],
    ['an nvdimm', withNodes(1).replace("'dimm'", "'nvdimm'"), 'nvdimm', ['ram-node0', 'memdimm0']],
    ['memory in several blocks', XML, 'one block', ['ram-node0', 'ram-node1']],
  ])('is refused with %s', (_, xml, words, ids) => {
    expect(() => memoryOf(xml, ...ids)).toThrow(words);
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
