import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type BuiltImage, buildQcow2, captureInfo, loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { frameBound } from '@mapped-ram/pack';
import { openCodec } from '@mapped-ram/pack/codec';
import { type ByteSource, memorySource, openSnapshot } from '@mapped-ram/reader';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { describe, expect, it } from 'vitest';
import { listInternalSnapshots, openInternalSnapshot } from './open-qcow2.js';

const capture = await loadCapture('qemu-10.0/none');
const state = capture.bytes(0, capture.sizeBytes);

const raw = await loadCapture('libvirt-11.3/save-raw');
const { streamOffset } = captureInfo('libvirt-11.3/save-raw');
const classic = raw.bytes(streamOffset, raw.sizeBytes - streamOffset);

async function contents(source: ByteSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.sizeBytes);
  // In pieces that begin and end anywhere.
  for (let at = 0; at < bytes.length; at += 100_001) await source.read(bytes.subarray(at, at + 100_001), at);
  return bytes;
}

function image(wanted: Partial<BuiltImage> = {}, compressed = false) {
  return buildQcow2({
    ...wanted,
    snapshots: [
      { id: '1', name: 'first', state: new Uint8Array(300).fill(7) },
      { id: '2', name: 'base', state, compressed },
    ],
  });
}

const codec = await openCodec();
const zstd = (contents: Uint8Array) => {
  const frame = new Uint8Array(frameBound(contents.length));
  return frame.subarray(0, codec.compress(contents, 1, frame));
};
const kinds: readonly (readonly [string, Partial<BuiltImage>, boolean])[] = [
  ['clusters of 64 KiB', {}, false],
  ['clusters of 512 bytes', { clusterBits: 9 }, false],
  ['clusters of 2 MiB', { clusterBits: 21 }, false],
  ['version 2', { version: 2 }, false],
  ['subclusters', { extendedL2: true }, false],
  ['subclusters of 512 bytes', { extendedL2: true, clusterBits: 14 }, false],
  ['compressed clusters', {}, true],
  ['clusters compressed by zstd', { zstd }, true],
  ['a disk that ends within what a table covers', { diskBytes: 700 * 2 ** 20 }, false],
];

describe.each(kinds)('%s', (_, wanted, compressed) => {
  const { bytes } = image(wanted, compressed);

  it('give the VM state', async () => {
    const source = await openInternalSnapshot(memorySource(bytes), 'base');
    expect(source).toMatchObject({ sizeBytes: state.length, isVmState: true, dirtyBitmaps: 0 });
    expect(Buffer.from(await contents(source)).equals(state)).toBe(true);
    expect((await openSnapshot(source)).configuration?.machine).toBe('none');
  });

  it.skipIf(!hasProgram('qemu-img'))(
    hasProgram('qemu-img') ? 'are an image as QEMU takes it' : 'missing tool: qemu-img (qemu-utils)',
    () => {
      const folder = mkdtempSync(join(scratchParent, 'qcow2-test-'));
      try {
        writeFileSync(join(folder, 'disk.qcow2'), bytes);
        const checked = execFileSync('qemu-img', ['check', 'disk.qcow2'], { cwd: folder, encoding: 'utf8' });
        expect(checked).toContain('No errors were found');
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('the image that QEMU 11.1 wrote', () => {
  const packed = readFileSync(new URL('../testing/internal-snapshot-11.1.qcow2.gz', import.meta.url));
  const disk = memorySource(gunzipSync(packed), 'disk.qcow2');

  it('has one snapshot, whose VM state reaches further than its length', async () => {
    const snapshots = await listInternalSnapshots(disk);
    expect(snapshots).toMatchObject([
      { id: '1', name: 's1', vmStateBytes: 358_417, diskBytes: 16 * 2 ** 20 },
    ]);
  });

  it.each(['1', 's1'])('is opened by %s', async (wanted) => {
    const source = await openInternalSnapshot(disk, wanted);
    const snapshot = await openSnapshot(source);
    expect(source.sizeBytes).toBe(snapshot.endOffset);
    expect(snapshot.ramBlocks.map(({ idstr }) => idstr)).toContain('pc.bios');
    // A piece of 64 MiB in which no page is set takes no cluster.
    const [ram] = snapshot.ramBlocks;
    const extents = [
      ...(source.dataExtents?.(ram?.pagesOffset ?? 0, (ram?.pagesOffset ?? 0) + 2 ** 26) ?? []),
    ];
    expect(extents).toEqual([]);
  });

  it('is listed where no snapshot is named, and where none has the name', async () => {
    const listed = {
      code: 'unsupported',
      what: expect.stringContaining('1 "s1" (2026-11-29T04:15Z, 0.3 MiB'),
    };
    await expect(openInternalSnapshot(disk)).rejects.toMatchObject(listed);
    await expect(openInternalSnapshot(disk, 's2')).rejects.toMatchObject(listed);
  });
});

describe('a classic stream', () => {
  it.each([1, 100, 3000])(
    'that lost %i bytes of its vmdescription has zeros there, as QEMU reads it',
    async (lost) => {
      const cut = classic.subarray(0, -lost);
      const { bytes } = buildQcow2({ snapshots: [{ id: '1', name: 'base', state: cut }] });
      const source = await openInternalSnapshot(memorySource(bytes), 'base');
      expect(source.sizeBytes).toBe(classic.length);
      expect(Buffer.from(await contents(source)).equals(Buffer.concat([cut, Buffer.alloc(lost)]))).toBe(true);
    },
  );

  // In the timer's state: its footer, and the end of a stream with its description.
  const looksEnded = Buffer.from(classic);
  const header = Buffer.from('\x05timer\0\0\0\0\0\0\0\x02', 'latin1');
  const nameAt = looksEnded.indexOf(header);
  looksEnded[nameAt + header.length + 3] = 0x7e;
  looksEnded.copy(looksEnded, nameAt + header.length + 4, nameAt - 4, nameAt);
  looksEnded.write('\0\x06\0\0\0\x09{', nameAt + header.length + 8, 'latin1');

  it.each([
    ['another stream', classic],
    ['zeros and one byte', Buffer.concat([Buffer.alloc(200_000), Buffer.of(1)])],
  ])(
    'in front of what an older snapshot left (%s) ends where it does, whatever its states hold',
    async (_, left) => {
      const over = Buffer.concat([looksEnded, Buffer.alloc(300_000, left)]);
      const vmStateBytes = looksEnded.length;
      const { bytes } = buildQcow2({ snapshots: [{ id: '1', name: 'base', state: over, vmStateBytes }] });
      const source = await openInternalSnapshot(memorySource(bytes), 'base');
      expect(source.sizeBytes).toBe(looksEnded.length);
      const { sections, problems } = await openSnapshot(source, { classic: true });
      const timer = sections.find((section) => section.kind === 'full' && section.idstr === 'timer');
      expect(timer).toMatchObject({ bodyLengthBytes: 24, boundedBy: 'vmdescription' });
      expect(problems).toEqual([]);
    },
  );
});

describe('a name', () => {
  it('that two snapshots have is refused, and an id is not', async () => {
    const { bytes } = buildQcow2({
      snapshots: ['1', '2'].map((id) => ({ id, name: 'same', state })),
    });
    await expect(openInternalSnapshot(memorySource(bytes), 'same')).rejects.toThrow('more than one snapshot');
    expect((await openInternalSnapshot(memorySource(bytes), '2')).sizeBytes).toBe(state.length);
  });

  it('that holds anything is told in a message without that', async () => {
    const name = `\u001b[2J\u0007${'x'.repeat(2000)}`;
    const { bytes } = buildQcow2({ snapshots: [{ id: '1', name, state }] });
    const error = await openInternalSnapshot(memorySource(bytes)).catch((cause) => cause);
    expect(error.what).toMatch(/^[\x20-\x7e…]{1,250}$/);
    expect((await openInternalSnapshot(memorySource(bytes), name)).sizeBytes).toBe(state.length);
  });

  it('ends at a NUL, as QEMU reads it', async () => {
    const { bytes } = buildQcow2({ snapshots: [{ id: '1', name: 'base\0more', state }] });
    expect((await openInternalSnapshot(memorySource(bytes), 'base')).sizeBytes).toBe(state.length);
  });

  it('does not care how much VM state was written', async () => {
    const { bytes, places } = buildQcow2({ snapshots: [{ id: '1', name: 'base', state }] });
    new DataView(bytes.buffer).setBigUint64(places.snapshotsOffset + 40, 1n << 62n);
    expect((await openInternalSnapshot(memorySource(bytes), 'base')).sizeBytes).toBe(state.length);
  });

  it.each([1, 5000, 70_000])(
    'does not care either in a classic stream, of which %i bytes were written',
    async (vmStateBytes) => {
      const { bytes } = buildQcow2({ snapshots: [{ id: '1', name: 'base', state: classic, vmStateBytes }] });
      expect((await openInternalSnapshot(memorySource(bytes), 'base')).sizeBytes).toBe(classic.length);
    },
  );

  it('of a snapshot without VM state is refused', async () => {
    const { bytes } = buildQcow2({
      snapshots: [{ id: '1', name: 'disk', state: new Uint8Array(), vmStateBytes: 0 }],
    });
    await expect(openInternalSnapshot(memorySource(bytes), 'disk')).rejects.toThrow('of the disk alone');
  });
});

/** Where an image says whether its bitmaps count. */
const AUTOCLEAR_OFFSET = 88;

/** Where the extensions of a built image's header begin, and kinds of them (docs/interop/qcow2.rst of QEMU). */
const EXTENSIONS_OFFSET = 112;
const BACKING_FORMAT = 0xe279_2aca;
const ENCRYPTION = 0x0537_be77;
const BITMAPS = 0x2385_2875;

function extend(view: DataView, kind: number, lengthBytes: number): void {
  view.setUint32(EXTENSIONS_OFFSET, kind);
  view.setUint32(EXTENSIONS_OFFSET + 4, lengthBytes);
}

describe('an image that is odd and that QEMU loads', () => {
  const { bytes, places } = image();
  const second = places.snapshotsOffset + 72;
  const l1 = places.l1Offsets[1] as number;
  const tables = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(48));
  const oddities: readonly (readonly [string, (view: DataView) => void])[] = [
    ['counts 1,000 snapshots, of which all but two are empty', (view) => view.setUint32(60, 1000)],
    ['has a level 1 table that goes on in zeros', (view) => view.setUint32(second + 8, 3)],
    ['has a larger active table than the disk needs', (view) => view.setUint32(36, 100)],
    ['has its active table behind its end', (view) => view.setBigUint64(40, 1n << 40n)],
    ['counts some references twice', (view) => view.setBigUint64(tables + 8, view.getBigUint64(tables))],
    [
      'leads into a table without clusters that have one reference',
      (view) => view.setBigUint64(l1, BigInt(places.l1Offsets[0] as number)),
    ],
    ['has an extension of its header that nobody knows', (view) => extend(view, 0x1234, 65_000)],
    ['has one that reaches to the end of the cluster', (view) => extend(view, 0x1234, 65_416)],
    ['names the format of a backing file', (view) => extend(view, BACKING_FORMAT, 15)],
    ['has bitmaps that no longer count', (view) => extend(view, BITMAPS, 24)],
    [
      'has a name of its backing file that is as long as one can be',
      (view) => [view.setBigUint64(8, 1000n), view.setUint32(16, 1023)],
    ],
    [
      'is dirty, so that QEMU counts its references anew',
      (view) => [view.setBigUint64(72, 1n), view.setUint16(Number(view.getBigUint64(tables)), 0)],
    ],
  ];

  it.each(oddities)('since it %s', async (_, change) => {
    const copy = bytes.slice();
    change(new DataView(copy.buffer));
    expect((await openInternalSnapshot(memorySource(copy), 'base')).sizeBytes).toBe(state.length);
  });

  it('since it has version 2, and its disk ends within a sector', async () => {
    const { bytes: old } = image({ version: 2 });
    new DataView(old.buffer).setBigUint64(24, 2n ** 20n + 8n);
    expect((await openInternalSnapshot(memorySource(old), 'base')).sizeBytes).toBe(state.length);
  });

  it('since what counts as free in it, and QEMU would write to, holds nothing but description', async () => {
    const { bytes: free, places: at } = buildQcow2({
      clusterBits: 12,
      snapshots: [{ id: '1', name: 'base', state: classic }],
    });
    const view = new DataView(free.buffer);
    const blocks = Number(view.getBigUint64(Number(view.getBigUint64(48))));
    const [table = 0] = at.l2Offsets[0] ?? [];
    const countOf = (cluster: number) =>
      blocks + (Number(view.getBigUint64(table + cluster * 8) & 0xff_ffff_ffffn) / 4096) * 2;
    const opening = () => openInternalSnapshot(memorySource(free), 'base');
    view.setUint16(countOf(0), 0);
    await expect(opening()).rejects.toThrow('counts as free');
    view.setUint16(countOf(0), 1);
    view.setUint16(countOf(Math.floor(classic.length / 4096)), 0);
    expect((await opening()).sizeBytes).toBe(classic.length);
  });

  it('since its snapshots go on behind its end', async () => {
    const table = bytes.subarray(places.snapshotsOffset, places.snapshotsOffset + 144);
    const copy = Uint8Array.from([...bytes, ...table]);
    const view = new DataView(copy.buffer);
    view.setBigUint64(64, BigInt(bytes.length));
    view.setUint32(60, 4096);
    const opening = () => openInternalSnapshot(memorySource(copy), 'base');
    // QEMU would copy the level 1 table to where they count as free.
    await expect(opening()).rejects.toThrow('counts as free');
    view.setUint32(36, 100);
    expect((await opening()).sizeBytes).toBe(state.length);
  });
});

it.each([1, 65_535])('an image with %i dirty bitmaps tells of them', async (count) => {
  const { bytes } = image();
  const view = new DataView(bytes.buffer);
  extend(view, BITMAPS, 24);
  view.setUint32(EXTENSIONS_OFFSET + 8, count);
  expect((await openInternalSnapshot(memorySource(bytes), 'base')).dirtyBitmaps).toBe(0);
  view.setBigUint64(AUTOCLEAR_OFFSET, 1n);
  expect((await openInternalSnapshot(memorySource(bytes), 'base')).dirtyBitmaps).toBe(count);
});

describe('a hostile image', () => {
  const { bytes, places } = image();
  const l1 = places.l1Offsets[1] as number;
  const [l2 = 0] = places.l2Offsets[1] ?? [];
  const references = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(48));
  const counts = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(references));
  const count = (view: DataView, byteOffset: number, value: number) =>
    view.setUint16(counts + (byteOffset / 65536) * 2, value);
  const second = places.snapshotsOffset + 72;
  type Damage = (view: DataView) => void;
  const bitmaps = (view: DataView, count: number, directoryOffset = 65_536n, directoryBytes = 32n) => {
    extend(view, BITMAPS, 24);
    view.setBigUint64(AUTOCLEAR_OFFSET, 1n);
    view.setUint32(EXTENSIONS_OFFSET + 8, count);
    view.setBigUint64(EXTENSIONS_OFFSET + 16, directoryBytes);
    view.setBigUint64(EXTENSIONS_OFFSET + 24, directoryOffset);
  };
  const damages: readonly (readonly [string, Damage, string])[] = [
    ['is encrypted', (view) => view.setUint32(32, 2), 'unsupported'],
    ['has its data elsewhere', (view) => view.setBigUint64(72, 4n), 'unsupported'],
    ['has an unknown feature', (view) => view.setBigUint64(72, 1n << 40n), 'unsupported'],
    ['has version 4', (view) => view.setUint32(4, 4), 'bad-disk-image'],
    ['has clusters of 4 GiB', (view) => view.setUint32(20, 32), 'bad-disk-image'],
    [
      'has subclusters of no size',
      (view) => [view.setUint32(20, 9), view.setBigUint64(72, 16n)],
      'bad-disk-image',
    ],
    ['has 2^32 - 1 snapshots', (view) => view.setUint32(60, 2 ** 32 - 1), 'limit-exceeded'],
    ['has its snapshots behind its end', (view) => view.setBigUint64(64, 1n << 40n), 'unsupported'],
    ['has no snapshot', (view) => view.setUint32(60, 0), 'unsupported'],
    ['has its snapshots beyond 2^53', (view) => view.setBigUint64(64, 1n << 60n), 'bad-disk-image'],
    ['has a huge level 1 table', (view) => view.setUint32(second + 8, 2 ** 32 - 1), 'limit-exceeded'],
    [
      'had a disk of half a sector more',
      (view) => view.setBigUint64(second + 48, BigInt(2 ** 20 + 256)),
      'bad-disk-image',
    ],
    ['had a disk that is too large', (view) => view.setBigUint64(second + 48, 1n << 52n), 'bad-disk-image'],
    ['has much extra data', (view) => view.setUint32(places.snapshotsOffset + 36, 2 ** 31), 'bad-disk-image'],
    ['has a table off its place', (view) => view.setBigUint64(l1 + 8, BigInt(l2 + 512)), 'bad-disk-image'],
    ['has a table behind its end', (view) => view.setBigUint64(l1 + 8, 1n << 40n), 'bad-disk-image'],
    ['has lost its reference counts', (view) => view.setBigUint64(references, 0n), 'bad-disk-image'],
    ['has them behind its end', (view) => view.setBigUint64(references, 1n << 40n), 'bad-disk-image'],
    ['has their table behind its end', (view) => view.setBigUint64(48, 1n << 40n), 'bad-disk-image'],
    [
      'has reference counts off their place',
      (view) => view.setBigUint64(references, BigInt(counts + 512)),
      'bad-disk-image',
    ],
    ['has snapshots over its reference counts', (view) => view.setUint32(60, 4096), 'bad-disk-image'],
    [
      'has a level 1 table over its reference counts',
      (view) => view.setBigUint64(second, BigInt(counts)),
      'bad-disk-image',
    ],
    [
      'has its active table over its reference counts',
      (view) => view.setBigUint64(40, BigInt(counts)),
      'bad-disk-image',
    ],
    [
      'has its active table where that of its reference counts is',
      (view) => view.setBigUint64(40, BigInt(references)),
      'bad-disk-image',
    ],
    ['has its active table over its header', (view) => view.setBigUint64(40, 0n), 'bad-disk-image'],
    [
      'would write its active table over its snapshots',
      (view) => [view.setBigUint64(40, BigInt(places.snapshotsOffset)), view.setUint32(36, 2)],
      'bad-disk-image',
    ],
    ['has an active table too short for it', (view) => view.setUint32(36, 0), 'bad-disk-image'],
    [
      'would write a table of level 2 over its snapshots',
      (view) => {
        view.setBigUint64(l1, BigInt(places.snapshotsOffset));
        view.setBigUint64(second, (1n << 63n) | BigInt(l1));
      },
      'bad-disk-image',
    ],
    ['counts its header as free', (view) => count(view, 0, 0), 'bad-disk-image'],
    ['counts its snapshots as free', (view) => count(view, places.snapshotsOffset, 0), 'bad-disk-image'],
    ['counts its reference counts as free', (view) => count(view, counts, 0), 'bad-disk-image'],
    ['counts a table of level 1 as free', (view) => count(view, l1, 0), 'bad-disk-image'],
    ['counts a table of level 2 as free', (view) => count(view, l2, 0), 'bad-disk-image'],
    ['counts VM state as free', (view) => count(view, l2 - 65536, 0), 'bad-disk-image'],
    ['can count no further table', (view) => count(view, l2, 0xffff), 'bad-disk-image'],
    ['can count no further VM state', (view) => count(view, l2 - 65536, 0xffff), 'bad-disk-image'],
    ['is marked as corrupt', (view) => view.setBigUint64(72, 2n), 'bad-disk-image'],
    ['has a backing file behind its header', (view) => view.setBigUint64(8, 1n << 40n), 'bad-disk-image'],
    ['counts references in 128 bits', (view) => view.setUint32(96, 7), 'bad-disk-image'],
    ['has a header of 100 bytes', (view) => view.setUint32(100, 100), 'bad-disk-image'],
    ['has a header larger than a cluster', (view) => view.setUint32(100, 2 ** 17), 'bad-disk-image'],
    ['counts no references', (view) => view.setUint32(56, 0), 'bad-disk-image'],
    ['counts references in a huge table', (view) => view.setUint32(56, 129), 'bad-disk-image'],
    ['has its active table off its place', (view) => view.setBigUint64(40, 512n), 'bad-disk-image'],
    [
      'has its active table over one of level 2',
      (view) => view.setBigUint64(40, BigInt(l2)),
      'bad-disk-image',
    ],
    ['has a disk of garbage', (view) => view.setBigUint64(40, BigInt(l2 - 65536)), 'bad-disk-image'],
    ['has flags without a table', (view) => view.setBigUint64(l1, 1n << 63n), 'bad-disk-image'],
    ['has a table too far behind', (view) => view.setBigUint64(l1 + 8, 1n << 55n), 'bad-disk-image'],
    ['has a cluster too far behind', (view) => view.setBigUint64(l2, 1n << 55n), 'bad-disk-image'],
    [
      'has a cluster of zeros too far behind',
      (view) => view.setBigUint64(l2 + 65528, (1n << 48n) | 1n),
      'bad-disk-image',
    ],
    [
      'has a compressed cluster too far behind',
      (view) => view.setBigUint64(l2, (1n << 62n) | (1n << 53n)),
      'bad-disk-image',
    ],
    ['has a cluster off its place', (view) => view.setBigUint64(l2, BigInt(l2 + 512)), 'bad-disk-image'],
    ['has a longer extension than there is room', (view) => extend(view, 0x1234, 65_417), 'bad-disk-image'],
    [
      'has one of a byte before its backing file',
      (view) => [extend(view, 0x1234, 9), view.setBigUint64(8, 128n)],
      'bad-disk-image',
    ],
    [
      'has a part of an extension before its backing file',
      (view) => view.setBigUint64(8, BigInt(EXTENSIONS_OFFSET + 4)),
      'bad-disk-image',
    ],
    ['names a long format of a backing file', (view) => extend(view, BACKING_FORMAT, 16), 'bad-disk-image'],
    ['has an encryption header', (view) => extend(view, ENCRYPTION, 16), 'bad-disk-image'],
    ['has an extension of bitmaps of 23 bytes', (view) => extend(view, BITMAPS, 23), 'bad-disk-image'],
    ['has no bitmaps, and says so twice', (view) => bitmaps(view, 0), 'bad-disk-image'],
    ['has too many bitmaps', (view) => bitmaps(view, 65_536), 'bad-disk-image'],
    [
      'has bitmaps with a reserved field',
      (view) => [bitmaps(view, 1), view.setUint32(EXTENSIONS_OFFSET + 12, 1)],
      'bad-disk-image',
    ],
    ['has its bitmaps off their place', (view) => bitmaps(view, 1, 512n), 'bad-disk-image'],
    [
      'has a huge directory of bitmaps',
      (view) => bitmaps(view, 1, 0n, 65_535n * 1024n + 1n),
      'bad-disk-image',
    ],
    [
      'has no data file, and says that it is raw',
      (view) => view.setBigUint64(AUTOCLEAR_OFFSET, 2n),
      'bad-disk-image',
    ],
    [
      'says that there are bitmaps, and has none',
      (view) => view.setBigUint64(AUTOCLEAR_OFFSET, 1n),
      'bad-disk-image',
    ],
    [
      'has a long name of its backing file',
      (view) => [view.setBigUint64(8, 1000n), view.setUint32(16, 1024)],
      'bad-disk-image',
    ],
    [
      'has a name of its backing file that goes on behind its header',
      (view) => [view.setBigUint64(8, 65_530n), view.setUint32(16, 7)],
      'bad-disk-image',
    ],
    [
      'has an unknown compression',
      (view) => [view.setBigUint64(72, 8n), view.setUint8(104, 9)],
      'bad-disk-image',
    ],
  ];

  it.each(damages)('that %s is refused', async (_, damage, code) => {
    const copy = bytes.slice();
    damage(new DataView(copy.buffer));
    await expect(openInternalSnapshot(memorySource(copy), 'base')).rejects.toMatchObject({ code });
  });

  it('with a subcluster that is zero and allocated, or allocated in no cluster, is refused where it is read', async () => {
    const { bytes: fine, places: at } = image({ extendedL2: true, clusterBits: 14 });
    const [table = 0] = at.l2Offsets[1] ?? [];
    const opening = (cluster: number, change: (view: DataView, entry: number) => void) => {
      const copy = fine.slice();
      change(new DataView(copy.buffer), table + cluster * 16);
      return openInternalSnapshot(memorySource(copy), 'base');
    };
    const both = (view: DataView, entry: number) => view.setUint32(entry + 8, 2 ** 32 - 1);
    const nowhere = (view: DataView, entry: number) => view.setUint32(entry + 12, 1);
    const refused = 'a subcluster is allocated in a cluster that is not, or zero and allocated';
    await expect(opening(0, both)).rejects.toThrow(refused);
    const unallocated = (view: DataView, entry: number) => [
      view.setBigUint64(entry, 0n),
      nowhere(view, entry),
    ];
    await expect(opening(0, unallocated)).rejects.toThrow(refused);
    // Between the bitmap and its pages, and behind the end.
    for (const cluster of [5, 1000]) expect((await opening(cluster, nowhere)).sizeBytes).toBe(state.length);
  });

  it('of version 2 with a cluster of zeros, which that has not, is refused', async () => {
    const { bytes: old, places: at } = image({ version: 2 });
    const view = new DataView(old.buffer);
    const [table = 0] = at.l2Offsets[1] ?? [];
    view.setBigUint64(table, view.getBigUint64(table) | 1n);
    const opening = openInternalSnapshot(memorySource(old), 'base');
    await expect(opening).rejects.toThrow('from version 3 on');
    view.setBigUint64(table, view.getBigUint64(table) & ~1n);
    // Behind the end, and between the bitmap and its pages.
    view.setBigUint64(table + 1000 * 8, 1n);
    view.setBigUint64(table + 5 * 8, 1n);
    expect((await openInternalSnapshot(memorySource(old), 'base')).sizeBytes).toBe(state.length);
  });

  it('whose entries lead to one table is refused', async () => {
    const { bytes: small, places: at } = image({ clusterBits: 9 });
    const view = new DataView(small.buffer);
    const table = at.l1Offsets[1] as number;
    const first = Math.ceil(2 ** 20 / (64 * 512)) * 8;
    view.setBigUint64(table + first + 8, view.getBigUint64(table + first));
    await expect(openInternalSnapshot(memorySource(small), 'base')).rejects.toThrow(
      'two entries lead to one table',
    );
  });

  it.each([31n, 32n, 40n, 43n])(
    'with a cluster at 2^%i, to which no block counts references, is refused',
    async (power) => {
      const copy = bytes.slice();
      new DataView(copy.buffer).setBigUint64(l2 + 8, 1n << power);
      await expect(openInternalSnapshot(memorySource(copy), 'base')).rejects.toThrow('are not counted');
      // One of zeros takes room, too.
      new DataView(copy.buffer).setBigUint64(l2 + 8, (1n << power) | 1n);
      await expect(openInternalSnapshot(memorySource(copy), 'base')).rejects.toThrow('are not counted');
    },
  );

  it('with VM state where its reference counts are is refused, unless it is none that QEMU needs', async () => {
    const copy = bytes.slice();
    const opening = () => openInternalSnapshot(memorySource(copy), 'base');
    const view = new DataView(copy.buffer);
    view.setBigUint64(l2 + 5 * 8, BigInt(counts));
    expect((await opening()).sizeBytes).toBe(state.length);
    view.setBigUint64(l2, BigInt(counts));
    await expect(opening()).rejects.toThrow('is said to be where a block of reference counts is');
  });

  it('with a cluster behind its end reads as zeros there', async () => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setBigUint64(l2 + 8, 1n << 30n);
    const source = await openInternalSnapshot(memorySource(copy), 'base');
    expect((await contents(source)).subarray(65536, 131072).every((byte) => byte === 0)).toBe(true);
  });

  it('with a compressed cluster behind its end that is none is as without it', async () => {
    const copy = bytes.slice();
    const clean = await contents(await openInternalSnapshot(memorySource(bytes), 'base'));
    // The last entry of the table leads to the image's header.
    new DataView(copy.buffer).setBigUint64(l2 + 65536 - 8, 1n << 62n);
    const damaged = await contents(await openInternalSnapshot(memorySource(copy), 'base'));
    expect(Buffer.from(damaged).equals(clean)).toBe(true);
  });

  it('with such a cluster in what QEMU reads at once is refused', async () => {
    const { bytes: small, places: at } = buildQcow2({
      clusterBits: 9,
      snapshots: [{ id: '1', name: 'base', state: classic }],
    });
    const tables = at.l2Offsets[0] ?? [];
    const entryAt = (byteOffset: number) =>
      (tables[Math.floor(byteOffset / 32768)] as number) + ((byteOffset % 32768) >>> 9) * 8;
    const view = new DataView(small.buffer);
    expect((await openInternalSnapshot(memorySource(small), 'base')).sizeBytes).toBe(classic.length);
    view.setBigUint64(entryAt(Math.ceil(classic.length / 32768) * 32768 - 512), 1n << 62n);
    await expect(openInternalSnapshot(memorySource(small), 'base')).rejects.toThrow('a compressed cluster');
  });

  it('whose compressed clusters are garbage is refused where they are read', async () => {
    for (const wanted of [{}, { zstd }]) {
      const { bytes: packed, places: at } = image(wanted, true);
      const offset = Number(
        new DataView(packed.buffer).getBigUint64(at.l2Offsets[1]?.[0] ?? 0) & 0xff_ffff_ffffn,
      );
      packed.fill(0xff, offset, offset + 16);
      await expect(openInternalSnapshot(memorySource(packed), 'base')).rejects.toMatchObject({
        code: 'bad-disk-image',
      });
    }
  });
});
