import { deflateRawSync } from 'node:zlib';
import { type Codec, frameBound } from '@mapped-ram/pack';

/** A snapshot that an image is to have. */
export interface BuiltSnapshot {
  readonly id: string;
  readonly name: string;
  /** The VM state: zeros become nothing. */
  readonly state: Uint8Array;
  readonly compressed?: boolean;
  /** VM state that was written; the state's length if not given. */
  readonly vmStateBytes?: number;
}

/** What an image is to be. */
export interface BuiltImage {
  readonly clusterBits?: number;
  readonly version?: 2 | 3;
  readonly extendedL2?: boolean;
  /** Compresses with zstd instead of deflate. */
  readonly zstd?: Codec;
  readonly diskBytes?: number;
  readonly snapshots: readonly BuiltSnapshot[];
}

/** Where the parts of an image lie, for tests that damage them. Offsets are in bytes. */
export interface ImagePlaces {
  readonly snapshotsOffset: number;
  /** Of each snapshot. */
  readonly l1Offsets: readonly number[];
  readonly l2Offsets: readonly (readonly number[])[];
}

const SUBCLUSTERS = 32;

/** Makes a qcow2 image that `qemu-img check` finds nothing wrong with. */
export function buildQcow2(wanted: BuiltImage): { readonly bytes: Uint8Array; readonly places: ImagePlaces } {
  const {
    clusterBits = 16,
    version = 3,
    extendedL2 = false,
    diskBytes = 1024 * 1024,
    snapshots,
    zstd,
  } = wanted;
  const clusterBytes = 2 ** clusterBits;
  const clusters: Uint8Array[] = [new Uint8Array(clusterBytes)];
  const allocate = (bytes: Uint8Array): number => {
    const offset = clusters.length * clusterBytes;
    for (let at = 0; at < Math.max(1, bytes.length); at += clusterBytes) {
      const cluster = new Uint8Array(clusterBytes);
      cluster.set(bytes.subarray(at, at + clusterBytes));
      clusters.push(cluster);
    }
    return offset;
  };
  const entryBytes = extendedL2 ? 16 : 8;
  const tableEntries = clusterBytes / entryBytes;
  const firstTable = Math.ceil(diskBytes / (tableEntries * clusterBytes));
  const l1Offsets: number[] = [];
  const l2Offsets: number[][] = [];
  const table: Uint8Array[] = [];
  for (const { id, name, state, compressed = false, vmStateBytes = state.length } of snapshots) {
    const count = Math.ceil(state.length / clusterBytes);
    const l1 = new DataView(new ArrayBuffer((firstTable + Math.ceil(count / tableEntries)) * 8));
    const tables: number[] = [];
    for (let first = 0; first < count; first += tableEntries) {
      const l2 = new DataView(new ArrayBuffer(clusterBytes));
      for (let index = 0; index < Math.min(tableEntries, count - first); index++) {
        const at = (first + index) * clusterBytes;
        const cluster = state.subarray(at, at + clusterBytes);
        if (cluster.every((byte) => byte === 0)) {
          if (version === 3 && !extendedL2) l2.setBigUint64(index * entryBytes, 1n);
        } else if (compressed) {
          l2.setBigUint64(index * entryBytes, allocateCompressed(cluster));
        } else {
          l2.setBigUint64(index * entryBytes, BigInt(allocate(cluster)));
          if (extendedL2) l2.setBigUint64(index * entryBytes + 8, subclustersOf(cluster));
        }
      }
      tables.push(allocate(new Uint8Array(l2.buffer)));
      l1.setBigUint64((firstTable + first / tableEntries) * 8, BigInt(tables.at(-1) as number));
    }
    l2Offsets.push(tables);
    l1Offsets.push(allocate(new Uint8Array(l1.buffer)));
    table.push(
      snapshotEntry(id, name, l1Offsets.at(-1) as number, l1.byteLength / 8, vmStateBytes, diskBytes),
    );
  }
  function allocateCompressed(cluster: Uint8Array): bigint {
    const whole = new Uint8Array(clusterBytes);
    whole.set(cluster);
    const packed = zstd === undefined ? deflateRawSync(whole) : compressWith(zstd, whole);
    // Somewhere within a sector, with other bytes behind it.
    const inCluster = 100;
    const host = new Uint8Array(clusterBytes).fill(0xee);
    host.set(packed, inCluster);
    const offset = allocate(host) + inCluster;
    const sectors = Math.ceil(((offset % 512) + packed.length) / 512) - 1;
    return (1n << 62n) | (BigInt(sectors) << BigInt(62 - (clusterBits - 8))) | BigInt(offset);
  }
  function subclustersOf(cluster: Uint8Array): bigint {
    const bytes = clusterBytes / SUBCLUSTERS;
    let bits = 0n;
    for (let index = 0; index < SUBCLUSTERS; index++) {
      const isData = cluster.subarray(index * bytes, (index + 1) * bytes).some((byte) => byte !== 0);
      bits |= 1n << BigInt(isData ? index : index + SUBCLUSTERS);
    }
    return bits;
  }
  const snapshotsOffset = allocate(concat(table));
  const activeL1 = allocate(new Uint8Array(firstTable * 8));
  const refcounts = addRefcounts(clusters, clusterBytes);
  const header = new DataView((clusters[0] as Uint8Array).buffer);
  header.setUint32(0, 0x514649fb);
  header.setUint32(4, version);
  header.setUint32(20, clusterBits);
  header.setBigUint64(24, BigInt(diskBytes));
  header.setUint32(36, firstTable);
  header.setBigUint64(40, BigInt(activeL1));
  header.setBigUint64(48, BigInt(refcounts.offset));
  header.setUint32(56, refcounts.clusters);
  header.setUint32(60, snapshots.length);
  header.setBigUint64(64, BigInt(snapshotsOffset));
  if (version === 3) {
    header.setBigUint64(72, (zstd === undefined ? 0n : 8n) | (extendedL2 ? 16n : 0n));
    header.setUint32(96, 4);
    header.setUint32(100, 112);
    header.setUint8(104, zstd === undefined ? 0 : 1);
  }
  return { bytes: concat(clusters), places: { snapshotsOffset, l1Offsets, l2Offsets } };
}

function compressWith(zstd: Codec, contents: Uint8Array): Uint8Array {
  const frame = new Uint8Array(frameBound(contents.length));
  return frame.subarray(0, zstd.compress(contents, 1, frame));
}

function snapshotEntry(
  id: string,
  name: string,
  l1Offset: number,
  l1Entries: number,
  vmStateBytes: number,
  diskBytes: number,
): Uint8Array {
  const texts = [id, name].map((text) => new TextEncoder().encode(text));
  const entry = new Uint8Array(Math.ceil((40 + 24 + concat(texts).length) / 8) * 8);
  const view = new DataView(entry.buffer);
  view.setBigUint64(0, BigInt(l1Offset));
  view.setUint32(8, l1Entries);
  view.setUint16(12, texts[0]?.length ?? 0);
  view.setUint16(14, texts[1]?.length ?? 0);
  view.setUint32(16, 1_790_000_000);
  view.setUint32(32, vmStateBytes);
  view.setUint32(36, 24);
  view.setBigUint64(40, BigInt(vmStateBytes));
  view.setBigUint64(48, BigInt(diskBytes));
  view.setBigInt64(56, -1n);
  entry.set(concat(texts), 64);
  return entry;
}

/** One reference to each cluster, those of the counts themselves too. */
function addRefcounts(clusters: Uint8Array[], clusterBytes: number): { offset: number; clusters: number } {
  const perBlock = clusterBytes / 2;
  const tableOf = (blocks: number) => Math.ceil((blocks * 8) / clusterBytes);
  let blocks = 1;
  while (blocks * perBlock < clusters.length + blocks + tableOf(blocks)) blocks++;
  const first = clusters.length;
  const total = first + blocks + tableOf(blocks);
  const table = new DataView(new ArrayBuffer(tableOf(blocks) * clusterBytes));
  for (let index = 0; index < blocks; index++) {
    const block = new DataView(new ArrayBuffer(clusterBytes));
    for (let at = 0; at < perBlock && index * perBlock + at < total; at++) block.setUint16(at * 2, 1);
    clusters.push(new Uint8Array(block.buffer));
    table.setBigUint64(index * 8, BigInt((first + index) * clusterBytes));
  }
  clusters.push(new Uint8Array(table.buffer));
  return { offset: (first + blocks) * clusterBytes, clusters: tableOf(blocks) };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
