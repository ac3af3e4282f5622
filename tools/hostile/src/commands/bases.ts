import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { mrMain } from '@mapped-ram/cli';
import { captureInfo, loadCapture, SparseImage, scratchParent } from '@mapped-ram/fixtures';
import {
  SYNTHETIC_RAM,
  SYNTHETIC_TABLES,
  SYNTHETIC_VMCOREINFO,
  syntheticFile,
} from '@mapped-ram/guest/testing/synthetic-file';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';

/** Bytes of a file. */
export type Piece = readonly [from: number, to: number];

/** A file that mutants are made of. */
export interface Base {
  readonly name: string;
  readonly image: SparseImage;
  /** As far as it can be read. */
  readonly snapshot: Snapshot;
  /** Pieces of the file that are no pages: headers, tables, bitmaps, devices. */
  readonly structure: readonly Piece[];
  /** Where a Linux guest has what leads to everything else of it. */
  readonly guest?: { readonly vmcoreinfo: Piece; readonly pageTables: Piece } | undefined;
  /** Options without which the commands do not read it rightly. */
  readonly options: readonly string[];
}

/** Every machine and way of saving that differs in what is where. */
const CAPTURES = [
  'qemu-10.0/none',
  'qemu-10.0/q35',
  'qemu-10.0/q35-devices',
  'qemu-10.0/microvm',
  'qemu-10.0/numa',
  'qemu-10.0/virtio-mem',
  'qemu-10.0/aarch64-virt',
  'qemu-10.0/s390x',
  'qemu-10.0/avr',
  'qemu-10.0/live',
  'qemu-10.0/background-snapshot',
  'qemu-10.0/no-configuration',
  'qemu-10.0/no-footers',
  'qemu-10.0/zero-pages-stored',
  'qemu-10.0/offset-aligned',
  'qemu-11.1/ignore-shared',
  'qemu-11.1/ppc64-pseries',
  'libvirt-11.3/save-sparse',
  'libvirt-11.3/save-raw',
  'libvirt-11.3/snapshot-sparse',
] as const;

/** Bases that a command makes of a capture. */
const MADE: readonly (readonly [
  name: string,
  capture: string,
  runs: (file: string) => string[][],
  made: string,
])[] = [
  [
    'classic stream',
    'qemu-10.0/none',
    (file) => [['convert', '--to', 'stream', file, `${file}.out`]],
    '.out',
  ],
  [
    'classic stream of a pc',
    'qemu-10.0/microvm',
    (file) => [['convert', '--to', 'stream', file, `${file}.out`]],
    '.out',
  ],
  ['state of a clone', 'qemu-10.0/pc', (file) => [['clone', file, '-o', `${file}.clone`]], '.clone/state'],
  ['packed file', 'qemu-10.0/pc', (file) => [['pack', '--frame', '64k', file, `${file}.out`]], '.out'],
  [
    'packed file with a seal',
    'qemu-10.0/q35',
    (file) => [
      ['pack', '--frame', '64k', file, `${file}.out`],
      ['seal', `${file}.out`],
    ],
    '.out',
  ],
];

/** A base that is loaded when it is first asked for. */
export type LazyBase = () => Promise<Base>;

/** All bases. */
export const bases: readonly LazyBase[] = [
  ...CAPTURES.map((id) => once(() => loadBase(id))),
  ...MADE.map((made) => once(() => makeBase(...made))),
  once(loadDisk),
  once(loadCompressedImage),
  once(loadLinuxGuest),
];

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

async function loadBase(id: string): Promise<Base> {
  const { streamOffset } = captureInfo(id);
  const options = [
    ...(streamOffset > 0 && !id.startsWith('libvirt') ? ['--offset', String(streamOffset)] : []),
    ...(id.includes('s390x') ? ['--bitmap-order', 'be'] : []),
  ];
  return baseOf(id, await loadCapture(id), options);
}

/** What snapshot-save of QEMU 11.1 made. Its tables are damaged, and what is in front of its clusters. */
async function loadDisk(): Promise<Base> {
  const file = new URL(
    '../../../../packages/containers/src/testing/internal-snapshot-11.1.qcow2.gz',
    import.meta.url,
  );
  const bytes = gunzipSync(readFileSync(file));
  const image = await imageOf(bytes, 'disk.qcow2');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const snapshots = Number(view.getBigUint64(64));
  const l1 = Number(view.getBigUint64(snapshots));
  const l2 = Number(view.getBigUint64(l1 + (view.getUint32(snapshots + 8) - 1) * 8) & 0xff_ffff_ffff_fe00n);
  return {
    name: 'disk image',
    image,
    snapshot: await openSnapshot(image, { tolerant: true }),
    structure: [
      [0, 112],
      [snapshots, snapshots + 72],
      [l1, l1 + view.getUint32(snapshots + 8) * 8],
      [l2, l2 + 9 * 1024],
    ],
    options: ['--snapshot', 's1'],
  };
}

/** A save image of libvirt whose stream is compressed. */
async function loadCompressedImage(): Promise<Base> {
  const raw = await loadCapture('libvirt-11.3/save-raw');
  const { streamOffset } = captureInfo('libvirt-11.3/save-raw');
  const front = Buffer.from(raw.bytes(0, streamOffset));
  front.writeUInt32LE(1, 28);
  const stream = gzipSync(raw.bytes(streamOffset, raw.sizeBytes - streamOffset));
  return baseOf('gzip image', await imageOf(Buffer.concat([front, stream]), 'image.gz'), []);
}

/** Made up: a real one is a hundred times as large. Of the memory that nothing leads to, most is zero. */
async function loadLinuxGuest(): Promise<Base> {
  const change = (ram: Buffer) => {
    for (let page = 0; page < ram.length; page += 4096) {
      const bytes = ram.subarray(page, page + 4096);
      if (page % 0x2_0000 !== 0 && bytes.every((byte) => byte === bytes[0])) bytes.fill(0);
    }
  };
  const { bytes } = await syntheticFile(1, { change });
  const base = await baseOf('Linux guest', await imageOf(bytes, 'linux.mr'), []);
  const ram = base.snapshot.ramBlocks.find(({ idstr }) => idstr === SYNTHETIC_RAM);
  const pieceOf = ({
    byteOffset,
    lengthBytes,
  }: typeof SYNTHETIC_TABLES | typeof SYNTHETIC_VMCOREINFO): Piece => {
    const from = (ram?.pagesOffset ?? 0) + byteOffset;
    return [from, from + lengthBytes];
  };
  return {
    ...base,
    guest: { vmcoreinfo: pieceOf(SYNTHETIC_VMCOREINFO), pageTables: pieceOf(SYNTHETIC_TABLES) },
  };
}

async function imageOf(bytes: Uint8Array, name: string): Promise<SparseImage> {
  const folder = mkdtempSync(join(scratchParent, 'hostile-base-'));
  try {
    writeFileSync(join(folder, name), bytes);
    return await SparseImage.fromFile(join(folder, name), name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeBase(
  name: string,
  capture: string,
  runs: (file: string) => string[][],
  made: string,
): Promise<Base> {
  const folder = mkdtempSync(join(scratchParent, 'hostile-base-'));
  try {
    const file = join(folder, 'base.mr');
    await (await loadCapture(capture)).writeTo(file);
    const silent = { write() {} };
    for (const argv of runs(file)) {
      await mrMain(argv, { stdout: silent, stderr: silent, env: {} }, new AbortController().signal);
    }
    return await baseOf(name, await SparseImage.fromFile(`${file}${made}`, name), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function baseOf(name: string, image: SparseImage, options: readonly string[]): Promise<Base> {
  const streamOffset = options[0] === '--offset' ? { streamOffset: Number(options[1]) } : {};
  const snapshot = await openSnapshot(image, { tolerant: true, ...streamOffset });
  const structure: [number, number][] = [];
  let start = 0;
  for (const { bitmapOffset, bitmapLengthBytes, pagesOffset, usedLength, ignored } of snapshot.ramBlocks) {
    if (ignored) continue;
    structure.push([start, bitmapOffset + bitmapLengthBytes]);
    start = pagesOffset + usedLength;
  }
  structure.push([start, image.sizeBytes]);
  return { name, image, snapshot, structure, options };
}
