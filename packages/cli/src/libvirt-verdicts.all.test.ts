import { readFile, writeFile } from 'node:fs/promises';
import { inTurn } from '@mapped-ram/fixtures';
import { findLibvirt, type LibvirtProgram, startLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { main } from './mr-lint/main.js';
import { LibvirtBed } from './testing/libvirt-bed.js';
import { LIBVIRT_MACHINES } from './testing/libvirt-machines.js';
import { memoryTerminal } from './testing/memory-terminal.js';

const SPARSE = ['--image-format', 'sparse'];

/** Other ways to save, in options of virsh: all of them for a pc, and one in turn for each other kind of machine. */
const MORE_SAVES: readonly (readonly string[])[] = [
  [...SPARSE, '--parallel-channels', '4', '--bypass-cache'],
  ['--image-format', 'raw'],
  ['--image-format', 'zstd'],
  [...SPARSE, '--parallel-channels', '4'],
  [...SPARSE, '--bypass-cache'],
  ['--image-format', 'gzip'],
  ['--image-format', 'raw', '--bypass-cache'],
];

/** What is done to an image: its header and XML, and where its stream starts. */
type Damage = (image: LibvirtImage) => void;

/** An image in memory, to be damaged. */
class LibvirtImage {
  bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = Buffer.from(bytes);
  }
  number(byteOffset: number, value: number): void {
    this.bytes.writeUInt32LE(value, byteOffset);
  }
  cut(lengthBytes: number): void {
    this.bytes = this.bytes.subarray(0, lengthBytes);
  }
  get streamOffset(): number {
    return 92 + this.bytes.readUInt32LE(20);
  }
  /** Replaces something in the XML, and moves the cookie behind it. */
  xml(before: string | RegExp, after: string): void {
    const text = this.bytes.subarray(92, this.streamOffset).toString('latin1');
    const [xml = '', cookie = ''] = text.split('\0');
    const edited = xml.replace(before, after);
    if (edited === xml) throw new RangeError(`the XML has no ${before}`);
    this.bytes.write(`${edited}\0${cookie}\0`, 92, 'latin1');
    this.number(32, edited.length + 1);
  }
}

const number =
  (byteOffset: number, value: number): Damage =>
  (image) =>
    image.number(byteOffset, value);
const xml =
  (before: string | RegExp, after: string): Damage =>
  (image) =>
    image.xml(before, after);

const IGNORE_SHARED =
  "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-global'/><q:arg value='migration.x-ignore-shared=on'/></q:commandline></domain>";

/** Of an image of the kind, what is done to it. Formats 1 to 5 over another stream, with which virsh hangs, are not tried. */
const DAMAGES: readonly (readonly [kind: string, what: string, damage: Damage])[] = [
  ['pc', 'nothing', () => {}],
  ['pc', 'the magic of an incomplete image', (image) => void image.bytes.write('LibvirtQemudPart')],
  ['pc', 'another magic', (image) => void image.bytes.write('LibvirtQemudBlob')],
  ...[0, 1, 3, 0x10000].map((value) => ['pc', `version ${value}`, number(16, value)] as const),
  ...[0, 7, 9, 255].map((value) => ['pc', `format ${value}`, number(28, value)] as const),
  ['pc', 'was_running 7', number(24, 7)],
  ['pc', 'no cookie', number(32, 0)],
  ['pc', 'a cookie behind the data', (image) => image.number(32, image.streamOffset)],
  ['pc', 'a cookie in the XML', number(32, 100)],
  ['pc', 'data_len 0', number(20, 0)],
  ['pc', 'a longer data_len', (image) => image.number(20, image.streamOffset)],
  ['pc', 'a shorter data_len', (image) => image.number(20, image.streamOffset - 4096 - 92)],
  ['pc', 'data_len behind the end', number(20, 0x7fff_ffff)],
  ['pc', 'XML with other tags', xml('</domain>', '</domaim>')],
  ['pc', 'XML with a control character', xml('<name>guest', '<name>gu\x01est')],
  ['pc', 'XML that is no UTF-8', xml('<name>guest', '<name>gu\xffest')],
  ['pc', 'no XML', (image) => image.bytes.fill(0, 92, image.streamOffset)],
  ['pc', 'XML with an entity', xml('<name>guest', '<name>gu&nothing;est')],
  ['pc', 'XML with an attribute twice', xml("<domain type='qemu'", "<domain type='qemu' type='qemu'")],
  ['pc', 'XML with a reference', xml('<name>guest', '<name>gu&#101;st')],
  ['pc', 'XML with a comment', xml('<name>', '<!-- of Alice --><name>')],
  ['pc', 'no name', xml(/<name>.*<\/name>/, '')],
  ['pc', 'another root', xml(/^<domain([\s\S]*)domain>/, '<network$1network>')],
  ['pc', 'no UUID', xml(/<uuid>.*<\/uuid>/, '')],
  ['pc', 'another UUID', xml(/<uuid>.{8}/, '<uuid>01234567')],
  ['pc', 'another machine type', xml(/machine='pc-i440fx-[\d.]+'/, "machine='pc-i440fx-9.2'")],
  ['pc', 'more memory', xml(/16384/, '32768')],
  ['pc', 'a processor more', xml('>1</vcpu>', '>2</vcpu>')],
  ['pc', 'x-ignore-shared', xml('</domain>', IGNORE_SHARED)],
  ['pc', 'a cut at half', (image) => image.cut(image.bytes.length / 2)],
  ['pc', 'a cut in the header', (image) => image.cut(60)],
  ['pc', 'a cut in the XML', (image) => image.cut(600)],
  ['pc with two processors', 'a processor less', xml('>2</vcpu>', '>1</vcpu>')],
  ['pc with two processors', 'a processor more', xml('>2</vcpu>', '>3</vcpu>')],
  ['pc with two processors', 'room for more', xml(/(<vcpu[^>]*)>2</, "$1 current='2'>4<")],
  ['q35', 'a processor less', xml('>2</vcpu>', '>1</vcpu>')],
  ['q35', 'a processor more', xml('>2</vcpu>', '>3</vcpu>')],
  ['memfd', 'memory of no kind', xml(/<memoryBacking>[\s\S]*<\/memoryBacking>/, '')],
  ['memfd', 'less memory', xml(/16384/g, '256')],
  ['memfd', 'a cut before the end', (image) => image.cut(image.bytes.length - 2000)],
  ['a file, shared', 'memory of no kind', xml(/<memoryBacking>[\s\S]*<\/memoryBacking>/, '')],
  ['a file, shared', 'format 0', number(28, 0)],
  ['NUMA nodes', 'other nodes', xml(/(memory=')8192('[\s\S]*memory=')8192/, '$14096$212288')],
  [
    'NUMA nodes',
    'one node',
    xml(
      /<cell id='0' cpus='0' memory='8192'([\s\S]*)<cell id='1'.*\/>/,
      "<cell id='0' cpus='0-1' memory='16384'$1",
    ),
  ],
  ['NUMA nodes', 'no nodes', xml(/<numa>[\s\S]*<\/numa>/, '')],
  ['NUMA nodes', 'a third node', xml('</numa>', "<cell id='2' memory='8192' unit='KiB'/></numa>")],
  ['one NUMA node', 'no node', xml(/<numa>[\s\S]*<\/numa>/, '')],
  ['one NUMA node', 'the version of a section', (image) => image.number(image.streamOffset, 0)],
  ['a DIMM', 'no DIMM', xml(/<memory model='dimm'>[\s\S]*?<\/memory>/, '')],
  ['a DIMM', 'a larger DIMM', xml(/<size unit='KiB'>16384/, "<size unit='KiB'>32768")],
  ['a DIMM', 'another slot', xml("slot='0'", "slot='1'")],
  ['a DIMM', 'more slots', xml("slots='2'", "slots='3'")],
  ['a DIMM', 'a cut in the memory of the DIMM', (image) => image.cut(image.bytes.length - 8 * 1024 * 1024)],
  ['a disk and a network card', 'another magic', (image) => void image.bytes.write('LibvirtQemudBlob')],
  ['a disk and a network card', 'a cut at half', (image) => image.cut(image.bytes.length / 2)],
  ['UEFI with nvram', 'less memory', xml(/65536/g, '32768')],
  ['UEFI with nvram', 'another machine type', xml(/machine='pc-q35-[\d.]+'/, "machine='pc-q35-9.2'")],
  ['UEFI with nvram', 'a cut at half', (image) => image.cut(image.bytes.length / 2)],
];

describe.each(['11.1'] as const)('with libvirt beside QEMU %s', (version) => {
  const found = findLibvirt(version);
  if (found.kind === 'missing') {
    it.skip(`nothing is tried: ${found.reason}`);
    return;
  }
  verdictsOf(found);
});

function verdictsOf(found: LibvirtProgram): void {
  let bed: LibvirtBed;

  beforeAll(async () => {
    bed = await LibvirtBed.make(await startLibvirt(found, ['save_image_format = "sparse"']));
  });

  afterAll(() => bed.libvirt.kill());

  const images = new Map<string, Buffer>();

  async function lint(path: string): Promise<string> {
    const terminal = memoryTerminal();
    await main(['--format', 'json', path], terminal, new AbortController().signal);
    const { files } = JSON.parse(terminal.out) as { files: { verdict: string }[] };
    return files[0]?.verdict ?? '';
  }

  async function virsh(path: string): Promise<{ verdict: string; words: string }> {
    const { code, stderr } = await bed.libvirt.ask('restore', '--paused', path);
    return { verdict: code === 0 ? 'restores' : 'refused', words: stderr };
  }

  const machines = LIBVIRT_MACHINES.filter(({ missing }) => missing === undefined).map((machine, index) => ({
    ...machine,
    saves: [SPARSE, ...(machine.kind === 'pc' ? MORE_SAVES : [inTurn(MORE_SAVES, index)])],
  }));

  it.each(machines)('$kind: every image restores, and is said to', async ({ kind, parts, saves }) => {
    const domain = parts((name) => bed.path(name));
    const { virsh } = bed.libvirt;
    await bed.define(domain);
    await virsh('start', 'guest');
    await bed.begins(domain);
    for (const options of saves) {
      const path = bed.path('good.save');
      await virsh('save', 'guest', path, ...options);
      if (options === SPARSE) images.set(kind, await readFile(path));
      expect([options, await lint(path)]).toEqual([options, 'restores']);
      await virsh('restore', path);
    }
    const external = bed.path('external.save');
    const disks = (await virsh('domblklist', 'guest')).includes('vda')
      ? ['--diskspec', 'vda,snapshot=no']
      : [];
    const memory = ['--memspec', `file=${external},snapshot=external`];
    await virsh('snapshot-create-as', 'guest', '--no-metadata', ...memory, ...disks);
    await bed.end();
    expect(await lint(external)).toBe('restores');
    await virsh('restore', external);
    await virsh('managedsave', 'guest');
    expect(await lint(bed.libvirt.pathOf('/var/lib/libvirt/qemu/save/guest.save'))).toBe('restores');
    await virsh('start', 'guest');
    await bed.countsOn();
  });

  afterEach(async () => {
    await bed.end();
    await bed.libvirt.ask('undefine', 'guest', '--managed-save', '--keep-nvram');
  });

  for (const { kind, missing } of LIBVIRT_MACHINES.filter(({ missing }) => missing !== undefined)) {
    it.skip(`${kind}: nothing is tried: ${missing}`);
  }

  const damages = DAMAGES.filter(([kind]) => machines.some((machine) => machine.kind === kind));

  it.each(damages)('%s, with %s: the verdict is what virsh does', async (kind, _, damage) => {
    const saved = images.get(kind);
    if (saved === undefined) throw new Error(`there is no image of ${kind}`);
    const image = new LibvirtImage(saved);
    damage(image);
    const path = bed.path('bad.save');
    await writeFile(path, image.bytes);
    const { verdict, words } = await virsh(path);
    expect(await lint(path), words).toBe(verdict);
  });
}
