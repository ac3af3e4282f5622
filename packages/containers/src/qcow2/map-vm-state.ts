import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readPart } from '../read-part.js';
import { ClusterMap } from './cluster-map.js';
import {
  L1_ENTRY_BYTES,
  l2Covers,
  MAX_L1_BYTES,
  OFFSET_MASK,
  type Qcow2Header,
  SECTOR_BYTES,
} from './header.js';
import { badImage, checkPlace, tooFar } from './places.js';
import type { InternalSnapshot } from './snapshot-table.js';

/** Tables that are read at most: with clusters of 64 KiB, 2 TiB of VM state. */
const MAX_L2_BYTES = 256 * 1024 * 1024;

/** Stretches that are kept at most, at 24 bytes each. */
const MAX_RUNS = 16 * 1024 * 1024;

const SUBCLUSTERS = 32;

/** Of an entry of level 2 (docs/interop/qcow2.rst of QEMU). */
const COMPRESSED = 1n << 62n;
const ZERO = 1n;

/** Where the VM state begins and what a table covers, all in bytes. */
interface Geometry {
  readonly clusterBytes: number;
  readonly clusterBits: number;
  readonly l2EntryBytes: number;
  /** What one table of level 2 covers. */
  readonly tableCovers: number;
  /** The entry of the level 1 table at which the VM state begins. */
  readonly firstEntry: number;
}

function geometryOf(
  { clusterBits, hasExtendedL2 }: Qcow2Header,
  { diskBytes }: Pick<InternalSnapshot, 'diskBytes'>,
): Geometry {
  const clusterBytes = 2 ** clusterBits;
  const l2EntryBytes = hasExtendedL2 ? 16 : 8;
  const tableCovers = l2Covers(clusterBytes, hasExtendedL2);
  return {
    clusterBytes,
    clusterBits,
    l2EntryBytes,
    tableCovers,
    firstEntry: Math.ceil(diskBytes / tableCovers),
  };
}

/**
 * Finds the VM state of a snapshot: it follows the disk, from what the next table of level 2 covers on. Mirrors
 * `qcow2_vm_state_offset` and `qcow2_get_host_offset` (QEMU 11.1, block/qcow2.c, block/qcow2-cluster.c). What a backing file holds
 * does not matter: VM state is written to the image itself.
 *
 * @param l1 The snapshot's table of level 1, of {@link readL1}.
 * @throws MappedRamError `bad-disk-image`, `limit-exceeded`, `read-failed`.
 */
export async function mapVmState(
  source: ByteSource,
  header: Qcow2Header,
  snapshot: InternalSnapshot,
  l1: BigUint64Array,
): Promise<ClusterMap> {
  checkDiskSize(header, snapshot);
  const geometry = geometryOf(header, snapshot);
  const { clusterBytes, tableCovers, firstEntry } = geometry;
  const tables = l1.subarray(firstEntry);
  const map = new ClusterMap();
  const seen = new Set<number>();
  for (let index = 0; index < tables.length; index++) {
    const entry = tables[index] as bigint;
    const tableOffset = Number(entry & OFFSET_MASK);
    if (tableOffset === 0) continue;
    const path = `qcow2.l1[${firstEntry + index}]`;
    if (seen.has(tableOffset)) throw badImage('two entries lead to one table', tableOffset, path);
    seen.add(tableOffset);
    if (seen.size * clusterBytes > MAX_L2_BYTES) throw tooLarge(tableOffset, path);
    addTable(map, await readPart(source, tableOffset, clusterBytes), index * tableCovers, header, geometry);
    if (map.count + (map.zeros?.count ?? 0) > MAX_RUNS) throw tooLarge(tableOffset, path);
  }
  return map;
}

/** QEMU gives the disk the size that it had, before it looks for the VM state. Mirrors `qcow2_snapshot_goto` and `qcow2_co_truncate`. */
function checkDiskSize(header: Qcow2Header, { diskBytes }: InternalSnapshot): void {
  const { version, virtualBytes } = header;
  const { tableCovers } = geometryOf(header, { diskBytes });
  const most = (MAX_L1_BYTES / L1_ENTRY_BYTES) * tableCovers;
  const isSame = diskBytes === virtualBytes;
  if (diskBytes % SECTOR_BYTES === 0 && diskBytes <= most && (isSame || version === 3)) return;
  const what = 'the disk cannot be given the size that it had when the snapshot was taken';
  throw new MappedRamError('bad-disk-image', { what, path: 'qcow2.snapshots', actual: diskBytes });
}

function addTable(
  map: ClusterMap,
  table: Uint8Array,
  stateOffset: number,
  header: Qcow2Header,
  geometry: Geometry,
): void {
  const { hasExtendedL2, version } = header;
  const { clusterBytes, l2EntryBytes } = geometry;
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  for (let at = 0; at < table.length; at += l2EntryBytes) {
    const byteOffset = stateOffset + (at / l2EntryBytes) * clusterBytes;
    const allocated = hasExtendedL2 ? view.getUint32(at + 12) : 0;
    // Most entries of a table are empty, and no bigint is made for them.
    if (allocated === 0 && view.getUint32(at) === 0 && view.getUint32(at + 4) === 0) continue;
    const entry = view.getBigUint64(at);
    if ((entry & COMPRESSED) !== 0n) {
      const { hostOffset, packedBytes } = compressedPlace(entry, geometry.clusterBits);
      if (hostOffset + packedBytes > header.mostBytes) throw tooFar(hostOffset, 'qcow2.l2');
      map.add(byteOffset, clusterBytes, hostOffset, packedBytes);
      continue;
    }
    const isZero = !hasExtendedL2 && (entry & ZERO) !== 0n;
    const hostOffset = Number(entry & OFFSET_MASK);
    if (isZero && version < 3) {
      const what = 'a cluster is marked as zero, which there is from version 3 on';
      map.addUnreadable(byteOffset, clusterBytes, badImage(what, hostOffset, 'qcow2.l2'));
      continue;
    }
    // Also of its other subclusters QEMU reads none then (`qcow2_get_subcluster_type`).
    if (hostOffset === 0 ? allocated !== 0 : hasExtendedL2 && (allocated & view.getUint32(at + 8)) !== 0) {
      const what = 'a subcluster is allocated in a cluster that is not, or zero and allocated';
      map.addUnreadable(byteOffset, clusterBytes, badImage(what, hostOffset, 'qcow2.l2'));
      continue;
    }
    if (hostOffset === 0) continue;
    checkPlace(hostOffset, header, 'qcow2.l2');
    if (allocated !== 0) addSubclusters(map, allocated, byteOffset, hostOffset, clusterBytes);
    else if (isZero || hasExtendedL2) map.addZeros(byteOffset, clusterBytes, hostOffset);
    else map.add(byteOffset, clusterBytes, hostOffset);
  }
}

/** The allocated ones of 32 subclusters; the others are zero. */
function addSubclusters(
  map: ClusterMap,
  allocated: number,
  byteOffset: number,
  hostOffset: number,
  clusterBytes: number,
): void {
  const subclusterBytes = clusterBytes / SUBCLUSTERS;
  for (let index = 0; index < SUBCLUSTERS; index++) {
    if (((allocated >>> index) & 1) === 0) continue;
    map.add(byteOffset + index * subclusterBytes, subclusterBytes, hostOffset + index * subclusterBytes);
  }
}

/** An offset of any byte, and how many sectors it reaches into; the data may end before. */
function compressedPlace(entry: bigint, clusterBits: number) {
  const offsetBits = BigInt(62 - (clusterBits - 8));
  const hostOffset = Number(entry & ((1n << offsetBits) - 1n));
  const sectors = Number((entry & (COMPRESSED - 1n)) >> offsetBits) + 1;
  return { hostOffset, packedBytes: sectors * SECTOR_BYTES - (hostOffset % SECTOR_BYTES) };
}

function tooLarge(byteOffset: number, path: string): MappedRamError {
  const what = 'the VM state is larger than can be mapped';
  return new MappedRamError('limit-exceeded', { what, byteOffset, path });
}
