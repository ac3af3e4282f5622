import { readFile, writeFile } from 'node:fs/promises';
import { findLibvirt, type LibvirtProgram, startLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from './mr-lint/main.js';
import { type DomainParts, LibvirtBed } from './testing/libvirt-bed.js';
import { memoryTerminal } from './testing/memory-terminal.js';

/** A kind of machine, as libvirt saves it. */
interface Machine extends DomainParts {
  readonly kind: string;
}

const ACPI = '<features><acpi/></features>';
const TWO_NODES = `<cpu><numa>
  <cell id='0' cpus='0' memory='8' unit='MiB'/><cell id='1' cpus='1' memory='8' unit='MiB'/>
</numa></cpu>`;
const ONE_NODE = `<cpu><numa><cell id='0' cpus='0-1' memory='16' unit='MiB'/></numa></cpu>`;
const DIMM = `<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>`;

const MACHINES: readonly Machine[] = [
  { kind: 'pc' },
  { kind: 'pc with two processors', elements: ACPI, processors: 2 },
  { kind: 'q35', machine: 'q35', elements: ACPI, processors: 2 },
  { kind: 'memfd', elements: "<memoryBacking><source type='memfd'/></memoryBacking>" },
  {
    kind: 'a file, shared',
    elements: "<memoryBacking><source type='file'/><access mode='shared'/></memoryBacking>",
  },
  { kind: 'NUMA nodes', machine: 'q35', elements: TWO_NODES, processors: 2 },
  {
    kind: 'a DIMM',
    machine: 'q35',
    memoryMib: 144,
    elements: `<maxMemory slots='2' unit='MiB'>1024</maxMemory>${ACPI}${ONE_NODE}`,
    processors: 2,
    devices: DIMM,
  },
  {
    kind: 'a disk and a network card',
    devices: `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='DISK'/><target dev='vda' bus='virtio'/></disk>
      <interface type='user'><model type='virtio'/></interface>`,
  },
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
    bed = await LibvirtBed.make(await startLibvirt(found));
    await writeFile(bed.path('disk'), Buffer.alloc(1024 * 1024));
  });

  afterAll(() => bed.libvirt.kill());

  const images = new Map<string, Buffer>();

  async function lint(path: string): Promise<string> {
    const terminal = memoryTerminal();
    await main(['--format', 'json', path], terminal, new AbortController().signal);
    const { files } = JSON.parse(terminal.out) as { files: { verdict: string }[] };
    return files[0]?.verdict ?? '';
  }

  async function virsh(path: string): Promise<string> {
    const { code } = await bed.libvirt.ask('restore', '--paused', path);
    await bed.end();
    return code === 0 ? 'restores' : 'refused';
  }

  it.each(MACHINES)('$kind: every format restores, and is said to', async ({ kind, ...parts }) => {
    await bed.end();
    await bed.start({ ...parts, devices: parts.devices?.replace('DISK', bed.path('disk')) });
    for (const format of ['raw', 'gzip', 'zstd', 'sparse']) {
      const path = bed.path(`${kind} ${format}.save`);
      await bed.libvirt.virsh('save', 'guest', path, '--image-format', format);
      if (format === 'sparse') images.set(kind, await readFile(path));
      await bed.libvirt.virsh('restore', path);
      expect([format, await lint(path)]).toEqual([format, 'restores']);
    }
    await bed.end();
  });

  it.each(DAMAGES)('%s, with %s: the verdict is what virsh does', async (kind, what, damage) => {
    const saved = images.get(kind);
    if (saved === undefined) throw new Error(`there is no image of ${kind}`);
    const image = new LibvirtImage(saved);
    damage(image);
    const path = bed.path(`${kind} ${what}.save`);
    await writeFile(path, image.bytes);
    expect(await lint(path)).toBe(await virsh(path));
  });
}
