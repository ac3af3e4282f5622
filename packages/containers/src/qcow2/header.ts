import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readPart } from '../read-part.js';
import { checkExtensions } from './header-extensions.js';

/** Of version 2; what follows is there from version 3 on. */
const V2_HEADER_BYTES = 72;
const V3_HEADER_BYTES = 104;

/** What QEMU 11.1 takes at most (block/qcow2.h, and `qcow2_do_open` for the counts' width: 2 to the power of this, in bits). */
export const MAX_L1_BYTES = 32 * 1024 * 1024;
const MAX_SNAPSHOTS = 65536;
const MAX_REFCOUNT_TABLE_BYTES = 8 * 1024 * 1024;
const MAX_REFCOUNT_ORDER = 6;
const V2_REFCOUNT_ORDER = 4;

/** The largest file of ext4: QEMU would make the image longer than that to count references to what lies behind. */
const MAX_FILE_BYTES = 2 ** 44;
export const L1_ENTRY_BYTES = 8;
export const SECTOR_BYTES = 512;

/** Of an entry of level 1 or 2: bits 9 to 55 are an offset, those above are flags (docs/interop/qcow2.rst of QEMU). */
export const OFFSET_MASK = 0x00ff_ffff_ffff_fe00n;

/** Least and most that QEMU takes (QEMU 11.1, block/qcow2.h: MIN_CLUSTER_BITS, MAX_CLUSTER_BITS). */
const CLUSTER_BITS = { min: 9, max: 21 } as const;

/** Features without which the image cannot be read (docs/interop/qcow2.rst of QEMU). */
const Incompatible = {
  dirty: 1n,
  corrupt: 2n,
  externalData: 4n,
  compressionType: 8n,
  extendedL2: 16n,
} as const;
const KNOWN_FEATURES = 31n;

/** Features that a program clears when it writes to an image and does not know them. */
const Autoclear = { bitmaps: 1n, rawDataFile: 2n } as const;

/** The longest name of a backing file. */
const MAX_BACKING_NAME_BYTES = 1023;

/** How compressed clusters of an image are compressed. */
export type Qcow2Compression = 'zlib' | 'zstd';

/** What the header of a qcow2 image says, as far as reading takes it. Offsets and sizes are in bytes. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly clusterBits: number;
  /** Size of the disk: of its whole sectors, which is what QEMU counts. */
  readonly virtualBytes: number;
  /** Clusters are in 32 subclusters, and an entry of a level 2 table has 16 bytes. */
  readonly hasExtendedL2: boolean;
  readonly compression: Qcow2Compression;
  /** Where clusters and tables end at the latest: QEMU counts no references behind it, or cannot write them. */
  readonly mostBytes: number;
  /** QEMU counts all references anew when it opens the image. */
  readonly isDirty: boolean;
  /** Bitmaps of what changed since a backup, of which QEMU opens each with the image. */
  readonly dirtyBitmaps: number;
  /** It says that it has bitmaps, and has none. */
  readonly lacksBitmaps: boolean;
  /** The table of level 1 of the disk as it is now. */
  readonly activeL1: { readonly offset: number; readonly entries: number };
  /** Where the table of the blocks with reference counts lies, and the bits of a count. */
  readonly references: { readonly offset: number; readonly lengthBytes: number; readonly countBits: number };
  readonly snapshotCount: number;
  readonly snapshotsOffset: number;
}

/**
 * Reads the header. Mirrors `qcow2_do_open` (QEMU 11.1, block/qcow2.c).
 *
 * @throws MappedRamError `bad-disk-image`; `unsupported` where the image is encrypted, its data lie in another file, or it has a
 * feature that is not known; `read-failed`.
 */
export async function readHeader(source: ByteSource): Promise<Qcow2Header> {
  const bytes = await readPart(source, 0, Math.min(V3_HEADER_BYTES, source.sizeBytes));
  if (bytes.length < V2_HEADER_BYTES) throw badHeader('the image ends within its header', 0);
  const view = new DataView(bytes.buffer);
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw badHeader('the version is not known', 4, '2 or 3', version);
  if (version === 3 && bytes.length < V3_HEADER_BYTES) throw badHeader('the image ends within its header', 0);
  const clusterBits = view.getUint32(20);
  if (clusterBits < CLUSTER_BITS.min || clusterBits > CLUSTER_BITS.max) {
    const expected = `${CLUSTER_BITS.min} to ${CLUSTER_BITS.max}`;
    throw badHeader('clusters have a size that does not exist', 20, expected, clusterBits);
  }
  if (view.getUint32(32) !== 0) {
    const what =
      'the disk image is encrypted, and so is the VM state in it; qemu-img convert does not keep snapshots, so have QEMU load it';
    throw new MappedRamError('unsupported', { what, byteOffset: 32, actual: view.getUint32(32) });
  }
  const features = version === 3 ? view.getBigUint64(72) : 0n;
  checkFeatures(features);
  checkPlaces(view, 2 ** clusterBits, version);
  const backingOffset = Number(view.getBigUint64(8));
  const autoclear = version === 3 ? view.getBigUint64(88) : 0n;
  if ((autoclear & Autoclear.rawDataFile) !== 0n)
    throw badHeader('the data file is said to be raw, and there is none', 88, undefined, autoclear);
  const bitmapsCount = (autoclear & Autoclear.bitmaps) !== 0n;
  const dirtyBitmaps = await checkExtensions(source, {
    start: version === 3 ? view.getUint32(100) : V2_HEADER_BYTES,
    end: backingOffset === 0 ? 2 ** clusterBits : backingOffset,
    clusterBytes: 2 ** clusterBits,
    bitmapsCount,
  });
  const hasExtendedL2 = (features & Incompatible.extendedL2) !== 0n;
  if (hasExtendedL2 && clusterBits < 14)
    throw badHeader('clusters are too small for subclusters', 20, 'at least 14', clusterBits);
  const clusterBytes = 2 ** clusterBits;
  const virtualBytes = safeNumber(view.getBigUint64(24), 24);
  const activeL1 = { offset: safeNumber(view.getBigUint64(40), 40), entries: view.getUint32(36) };
  checkActiveL1(activeL1.entries, Math.ceil(virtualBytes / l2Covers(clusterBytes, hasExtendedL2)));
  const countOrder = version === 3 ? view.getUint32(96) : V2_REFCOUNT_ORDER;
  return {
    version,
    clusterBits,
    virtualBytes: virtualBytes - (virtualBytes % SECTOR_BYTES),
    isDirty: (features & Incompatible.dirty) !== 0n,
    activeL1,
    references: {
      offset: safeNumber(view.getBigUint64(48), 48),
      lengthBytes: view.getUint32(56) * clusterBytes,
      countBits: 2 ** countOrder,
    },
    hasExtendedL2,
    compression: await readCompression(source, features),
    mostBytes: Math.min(countedBytes(clusterBytes, countOrder), Math.max(MAX_FILE_BYTES, source.sizeBytes)),
    dirtyBitmaps,
    lacksBitmaps: bitmapsCount && dirtyBitmaps === 0,
    snapshotCount: view.getUint32(60),
    snapshotsOffset: safeNumber(view.getBigUint64(64), 64),
  };
}

/**
 * Holds the places of the tables to what QEMU takes, even of those that are not read here: it opens no image in which one is wrong.
 * Mirrors `qcow2_do_open` and `qcow2_validate_table` (QEMU 11.1, block/qcow2.c).
 */
function checkPlaces(view: DataView, clusterBytes: number, version: 2 | 3): void {
  const inHeader = (what: string, byteOffset: number, most: number, value: number | bigint) => {
    if (value > most) throw badHeader(what, byteOffset, `at most ${most}`, value);
  };
  const backingOffset = view.getBigUint64(8);
  inHeader('the name of the backing file lies behind the header', 8, clusterBytes, backingOffset);
  if (backingOffset !== 0n) {
    const room = Math.min(MAX_BACKING_NAME_BYTES, clusterBytes - Number(backingOffset));
    inHeader('the name of the backing file is too long', 16, room, view.getUint32(16));
  }
  if (version === 3) {
    inHeader('counts of references are too wide', 96, MAX_REFCOUNT_ORDER, view.getUint32(96));
    const headerBytes = view.getUint32(100);
    if (headerBytes < V3_HEADER_BYTES)
      throw badHeader('the header is too short', 100, `at least ${V3_HEADER_BYTES}`, headerBytes);
    inHeader('the header is larger than a cluster', 100, clusterBytes, headerBytes);
  }
  const refcountClusters = view.getUint32(56);
  if (refcountClusters === 0) throw badHeader('the image has no table of references', 56, 'at least 1', 0);
  const table = (name: string, offsetAt: number, countAt: number, most: number) => {
    inHeader(`the ${name} is too long`, countAt, most, view.getUint32(countAt));
    const offset = view.getBigUint64(offsetAt);
    if (offset % BigInt(clusterBytes) === 0n && offset < 2n ** 63n) return;
    throw badHeader(`the ${name} is not where one can be`, offsetAt, `a multiple of ${clusterBytes}`, offset);
  };
  const snapshots = view.getUint32(60);
  if (snapshots > MAX_SNAPSHOTS) {
    const what = 'the disk image has too many snapshots';
    const [byteOffset, path] = [60, 'qcow2.snapshots'];
    const expected = `at most ${MAX_SNAPSHOTS}`;
    throw new MappedRamError('limit-exceeded', { what, byteOffset, path, expected, actual: snapshots });
  }
  table('table of references', 48, 56, Math.floor(MAX_REFCOUNT_TABLE_BYTES / clusterBytes));
  table('table of snapshots', 64, 60, MAX_SNAPSHOTS);
  table('active level 1 table', 40, 36, MAX_L1_BYTES / L1_ENTRY_BYTES);
}

/** Bytes of the disk, or of what follows it, that a table of level 2 covers. */
export function l2Covers(clusterBytes: number, hasExtendedL2: boolean): number {
  return (clusterBytes / (hasExtendedL2 ? 16 : 8)) * clusterBytes;
}

function checkActiveL1(entries: number, least: number): void {
  if (entries < least)
    throw badHeader('the active level 1 table is too short for the disk', 36, `at least ${least}`, entries);
}

/** What the largest table of references counts (QEMU 11.1, block/qcow2-refcount.c, `alloc_refcount_block`). */
function countedBytes(clusterBytes: number, refcountOrder: number): number {
  const perBlock = (clusterBytes * 8) / 2 ** refcountOrder;
  return (MAX_REFCOUNT_TABLE_BYTES / 8) * perBlock * clusterBytes;
}

function checkFeatures(features: bigint): void {
  const details = { byteOffset: 72, actual: features };
  if ((features & Incompatible.corrupt) !== 0n) {
    const what =
      'QEMU has marked the disk image as corrupt, and opens it no more; qemu-img check -r all may mend it';
    throw new MappedRamError('bad-disk-image', { what, path: 'qcow2.header', ...details });
  }
  if ((features & Incompatible.externalData) !== 0n) {
    const what =
      'the data of the disk image lie in another file (data_file), and the VM state with them; qemu-img amend cannot put them back, so have QEMU load it';
    throw new MappedRamError('unsupported', { what, ...details });
  }
  const unknown = features & ~KNOWN_FEATURES;
  if (unknown === 0n) return;
  throw new MappedRamError('unsupported', {
    what: 'the disk image has a feature that is not known',
    ...details,
  });
}

async function readCompression(source: ByteSource, features: bigint): Promise<Qcow2Compression> {
  if ((features & Incompatible.compressionType) === 0n) return 'zlib';
  const [type] = await readPart(source, V3_HEADER_BYTES, 1);
  if (type === 1) return 'zstd';
  throw badHeader('the compression type is not known', V3_HEADER_BYTES, '1 (zstd)', type);
}

/** @throws MappedRamError `bad-disk-image` where a value is beyond 2^53 - 1. */
export function safeNumber(value: bigint, byteOffset: number): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw badHeader('a size or offset is beyond reason', byteOffset, 'at most 2^53 - 1', value);
}

function badHeader(
  what: string,
  byteOffset: number,
  expected?: string,
  actual?: number | bigint,
): MappedRamError {
  return new MappedRamError('bad-disk-image', { what, byteOffset, path: 'qcow2.header', expected, actual });
}
