import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readZeroFilled } from '../read-part.js';
import type { ClusterMap, ClusterRun } from './cluster-map.js';
import { L1_ENTRY_BYTES, l2Covers, OFFSET_MASK, type Qcow2Header } from './header.js';
import { readL1 } from './level1-table.js';
import type { LoadedParts, StatePart } from './loaded-parts.js';
import type { ReferenceCounts } from './reference-counts.js';
import { Region, Regions } from './regions.js';
import type { InternalSnapshot, SnapshotTable } from './snapshot-table.js';

/** The highest bit of an entry of level 2: the cluster has one reference. */
const COPIED_BYTE = 0x80;

/** A snapshot as it lies in an image. */
export interface LyingSnapshot {
  readonly header: Qcow2Header;
  readonly counts: ReferenceCounts;
  readonly table: SnapshotTable;
  readonly snapshot: InternalSnapshot;
  /** Of {@link readL1}. */
  readonly l1: BigUint64Array;
  /** Where the VM state lies. */
  readonly map: ClusterMap;
  /** What QEMU needs of it. */
  readonly loaded: LoadedParts;
}

/**
 * Looks whether QEMU can load a snapshot: that is to write to the image. It counts another reference to each cluster of the snapshot, and copies its level 1
 * table to that of the disk, or to clusters that it takes for free where that is shorter. It refuses to write where another table lies.
 * Mirrors `qcow2_snapshot_goto`, `qcow2_grow_l1_table` and `qcow2_check_metadata_overlap` (QEMU 11.1, block/qcow2-snapshot.c, qcow2-cluster.c,
 * qcow2-refcount.c). The clusters of the disk itself are not looked at: `qemu-img check` does that.
 *
 * @throws MappedRamError `bad-disk-image`, `read-failed`.
 */
export async function checkLoading(source: ByteSource, lying: LyingSnapshot): Promise<void> {
  const { header, counts } = lying;
  // QEMU takes a directory of no bytes at offset 0 for one that lies everywhere.
  if (header.lacksBitmaps)
    throw bad(
      'the header says that there are bitmaps, and there are none, so that QEMU refuses to write anywhere',
      88,
    );
  // The references are counted anew when such an image is opened.
  if (header.isDirty) return;
  const tables = listTables(lying);
  const blocks = new Regions(
    [...counts.blockOffsets]
      .filter((offset) => offset !== 0)
      .map((offset) => new Region('a block of reference counts', offset, 2 ** header.clusterBits)),
  );
  const active = activeTable(header);
  for (const table of [...tables, active]) refuseOverlap(table, blocks.overlapping(table));
  const copy = await copyOfL1(lying);
  const others = copy === undefined ? new Regions(tables) : new Regions([headerCluster(header)]);
  refuseOverlap(active, others.overlapping(active));
  if (copy !== undefined) for (const table of [...tables, active, ...blocks.all]) refuseFree(table, copy);
  const ofDisk = await tablesOfDisk(source, header);
  for (const written of [active, ...blocks.all]) refuseOverlap(written, ofDisk.overlapping(written));
  await checkLevel2(source, lying, active, new Regions([...tables, active]), blocks);
  await checkState(lying, copy, new Regions([headerCluster(header), ...writtenTables(lying), ...blocks.all]));
}

/** Tables that QEMU writes to or goes by when it loads the snapshot, beside the blocks of reference counts. */
function writtenTables({ header, snapshot, l1 }: LyingSnapshot): Region[] {
  const { references } = header;
  return [
    new Region('the table of references', references.offset, references.lengthBytes),
    new Region('its level 1 table', snapshot.l1Offset, snapshot.l1Entries * L1_ENTRY_BYTES),
    activeTable(header),
    ...level2Tables(l1, header, 'a level 2 table'),
  ].filter(({ lengthBytes }) => lengthBytes > 0);
}

/** Where QEMU puts the copy of the level 1 table that does not fit into the active one; undefined where it does. */
async function copyOfL1({ header, counts, snapshot }: LyingSnapshot): Promise<Region | undefined> {
  const { activeL1, clusterBits, hasExtendedL2 } = header;
  const ofDisk = Math.ceil(snapshot.diskBytes / l2Covers(2 ** clusterBits, hasExtendedL2));
  const entries = Math.max(snapshot.l1Entries, ofDisk);
  if (entries <= activeL1.entries) return undefined;
  const lengthBytes = entries * L1_ENTRY_BYTES;
  return new Region('the copy of its level 1 table', await counts.findFree(lengthBytes), lengthBytes);
}

/** The tables of level 2 of the disk as it is now. */
async function tablesOfDisk(source: ByteSource, header: Qcow2Header): Promise<Regions> {
  const { offset, entries } = header.activeL1;
  const l1 = await readL1(source, header, { l1Offset: offset, l1Entries: entries });
  return new Regions(level2Tables(l1, header, 'a level 2 table of the disk'));
}

/** The tables that a table of level 1 leads to. */
function level2Tables(l1: BigUint64Array, { clusterBits }: Qcow2Header, what: string): Region[] {
  const offsets = [...l1].map((entry) => Number(entry & OFFSET_MASK)).filter((offset) => offset !== 0);
  return offsets.map((offset) => new Region(what, offset, 2 ** clusterBits));
}

function headerCluster({ clusterBits }: Qcow2Header): Region {
  return new Region('the header', 0, 2 ** clusterBits);
}

function activeTable({ activeL1: { offset, entries } }: Qcow2Header): Region {
  return new Region('the active level 1 table', offset, entries * L1_ENTRY_BYTES);
}

/** All tables but the active one and the blocks of reference counts. */
function listTables({ header, table }: LyingSnapshot): Region[] {
  const { references, snapshotsOffset } = header;
  return [
    headerCluster(header),
    new Region('the table of references', references.offset, references.lengthBytes),
    new Region('the table of snapshots', snapshotsOffset, table.lengthBytes),
    ...table.snapshots.map(
      ({ l1Offset, l1Entries }) =>
        new Region('the level 1 table of a snapshot', l1Offset, l1Entries * L1_ENTRY_BYTES),
    ),
  ].filter(({ lengthBytes }) => lengthBytes > 0);
}

/**
 * QEMU writes a table of level 2 whose clusters had one reference, to say that they have two. Where one is also the active table, clusters
 * with VM state would be taken for tables, and their contents for places.
 */
async function checkLevel2(
  source: ByteSource,
  { header, l1 }: LyingSnapshot,
  active: Region,
  ...others: readonly Regions[]
): Promise<void> {
  const clusterBytes = 2 ** header.clusterBits;
  for (const table of level2Tables(l1, header, 'a level 2 table')) {
    if (table.overlaps(active)) refuseOverlap(active, table);
    const other = others.map((regions) => regions.overlapping(table)).find((found) => found !== undefined);
    if (other === undefined) continue;
    const bytes = await readZeroFilled(source, table.byteOffset, clusterBytes);
    const entryBytes = header.hasExtendedL2 ? 16 : 8;
    for (let at = 0; at < clusterBytes; at += entryBytes)
      if (((bytes[at] as number) & COPIED_BYTE) !== 0) refuseOverlap(table, other);
  }
}

/** @param tables What holds no VM state. */
async function checkState(lying: LyingSnapshot, copy: Region | undefined, tables: Regions): Promise<void> {
  const { counts, l1, map, header, loaded } = lying;
  for (const table of level2Tables(l1, header, 'a level 2 table')) {
    await refuseUncountable(counts, table);
    refuseFree(table, copy);
  }
  for (const { lengthBytes, hostOffset } of map.zeros?.all() ?? [])
    await refuseUncountable(counts, new Region('a cluster of zeros', hostOffset, lengthBytes));
  for (const run of map.all()) {
    const cluster = clusterOf(run);
    await refuseUncountable(counts, cluster);
    if (copy?.overlaps(cluster) && (await loaded.needs(statePart(run, copy)))) refuseFree(cluster, copy);
    await refuseTables(run, tables, loaded);
  }
}

function clusterOf({ hostOffset, lengthBytes, packedBytes }: ClusterRun): Region {
  return new Region('a cluster of the VM state', hostOffset, packedBytes ?? lengthBytes);
}

/** What a run has of the VM state where it overlaps with another region. Of a compressed cluster all depends on all. */
function statePart(run: ClusterRun, other: Region): StatePart {
  const { byteOffset, lengthBytes, hostOffset, packedBytes } = run;
  if (packedBytes !== undefined) return { byteOffset, lengthBytes };
  const from = Math.max(hostOffset, other.byteOffset);
  const to = Math.min(hostOffset + lengthBytes, other.end);
  return { byteOffset: byteOffset + from - hostOffset, lengthBytes: to - from };
}

/** What QEMU would take for VM state, and changes itself. */
async function refuseTables(run: ClusterRun, tables: Regions, loaded: LoadedParts): Promise<void> {
  const { what, byteOffset, end } = clusterOf(run);
  for (let before = end; before > byteOffset; ) {
    // The one that reaches farthest, so that others begin before it.
    const table = tables.overlapping(new Region(what, byteOffset, before - byteOffset));
    if (table === undefined) return;
    if (await loaded.needs(statePart(run, table)))
      throw bad(`${what} is said to be where ${table.what} is`, Math.max(byteOffset, table.byteOffset));
    before = table.byteOffset;
  }
}

function refuseOverlap({ what, byteOffset }: Region, other: Region | undefined): void {
  if (other === undefined) return;
  throw bad(`${what} and ${other.what} lie in the same place, where QEMU refuses to write`, byteOffset);
}

function refuseFree(region: Region, copy: Region | undefined): void {
  if (copy === undefined || !region.overlaps(copy)) return;
  const what = `${region.what} lies in a cluster that counts as free, and QEMU would write over it`;
  throw bad(what, Math.max(region.byteOffset, copy.byteOffset));
}

async function refuseUncountable(
  counts: ReferenceCounts,
  { what, byteOffset, lengthBytes }: Region,
): Promise<void> {
  const full = await counts.findFull(byteOffset, lengthBytes);
  if (full !== undefined)
    throw bad(`${what} has as many references as can be counted, and QEMU counts another one`, full);
  // `alloc_refcount_block` says EAGAIN after it has made one, and nobody tries again.
  const uncounted = counts.findUncounted(byteOffset, lengthBytes);
  if (uncounted !== undefined)
    throw bad(
      `the references to ${what} are not counted, and QEMU gives up where it would begin to`,
      uncounted,
    );
}

function bad(what: string, byteOffset: number): MappedRamError {
  const hint = 'qemu-img check -r all may mend a copy of it';
  return new MappedRamError('bad-disk-image', { what: `${what} (${hint})`, byteOffset, path: 'qcow2' });
}
