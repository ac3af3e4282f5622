import { MappedRamError } from '@mapped-ram/format';
import { type ByteSource, openSnapshot } from '@mapped-ram/reader';
import { checkLoading } from './check-loading.js';
import type { ClusterMap, UnreadableRun } from './cluster-map.js';
import { openClusterDecoder } from './compressed-cluster.js';
import { endsDescribed } from './described-end.js';
import { type Qcow2Header, readHeader } from './header.js';
import { readL1 } from './level1-table.js';
import { LoadedParts } from './loaded-parts.js';
import { mapVmState } from './map-vm-state.js';
import { ReferenceCounts } from './reference-counts.js';
import { type InternalSnapshot, readSnapshots, type SnapshotTable } from './snapshot-table.js';
import { vmStateSource } from './vm-state-source.js';

/**
 * Lists the internal snapshots of a qcow2 image.
 *
 * @throws MappedRamError `bad-disk-image`, `limit-exceeded`, `unsupported`, `read-failed`.
 */
export async function listInternalSnapshots(image: ByteSource): Promise<readonly InternalSnapshot[]> {
  return (await openImage(image)).table.snapshots;
}

/**
 * Opens the VM state of an internal snapshot, as if it were a file: a mapped-ram stream where `snapshot-save` of QEMU 10.2 or later wrote
 * it with the capability on, a classic stream otherwise. The image is used until the source is closed, which closes it.
 *
 * @param wanted Name or id of the snapshot.
 * @throws MappedRamError `unsupported` where no snapshot is named or none has that name, with a list of those that are there, and where
 * the image cannot be read; `bad-disk-image`, `limit-exceeded`, `read-failed`. The image is then still open.
 */
export async function openInternalSnapshot(image: ByteSource, wanted?: string): Promise<ByteSource> {
  const opened = await openImage(image);
  return openVmState(image, opened, chooseSnapshot(opened.table.snapshots, wanted));
}

/** What is to be known of an image before a snapshot is chosen. */
interface OpenedImage {
  readonly header: Qcow2Header;
  readonly counts: ReferenceCounts;
  readonly table: SnapshotTable;
}

async function openImage(image: ByteSource): Promise<OpenedImage> {
  const header = await readHeader(image);
  const counts = await ReferenceCounts.open(image, header);
  return { header, counts, table: await readSnapshots(image, header) };
}

async function openVmState(
  image: ByteSource,
  opened: OpenedImage,
  snapshot: InternalSnapshot,
): Promise<ByteSource> {
  const { header } = opened;
  const l1 = await readL1(image, header, snapshot);
  const map = await mapVmState(image, header, snapshot, l1);
  const decode = await openClusterDecoder(header.compression);
  const place = { image, map, decode, dirtyBitmaps: header.dirtyBitmaps };
  const allocated = vmStateSource({ ...place, sizeBytes: map.endOffset });
  const decodable = await findDecodable(allocated, map);
  const upTo = (sizeBytes: number) => vmStateSource({ ...place, sizeBytes });
  const stateBytes = await findEnd(upTo, decodable.sizeBytes, snapshot, 2 ** header.clusterBits);
  const loaded = new LoadedParts(() => openSnapshot(upTo(stateBytes), { tolerant: true, classic: true }));
  const { fault } = decodable;
  for (const part of fault === undefined ? map.unreadable : [...map.unreadable, fault]) {
    if (await loaded.reads(part)) throw part.error;
  }
  await checkLoading(image, { ...opened, snapshot, l1, map, loaded });
  return upTo(stateBytes);
}

/** How much of the VM state can be decoded, and the first of the clusters behind that cannot. */
interface Decodable {
  readonly sizeBytes: number;
  readonly fault?: UnreadableRun;
}

/** What lies behind all that can be decoded is no part of the VM state, or QEMU misses it as if it were not there. */
async function findDecodable(allocated: ByteSource, map: ClusterMap): Promise<Decodable> {
  let fault: Decodable['fault'];
  for (let index = map.count - 1; index >= 0; index--) {
    const { byteOffset, lengthBytes, packedBytes } = map.at(index);
    const found = { sizeBytes: byteOffset + lengthBytes, ...(fault && { fault }) };
    if (packedBytes === undefined) return found;
    try {
      await allocated.read(new Uint8Array(1), byteOffset);
      return found;
    } catch (error) {
      if (!(error instanceof MappedRamError) || error.code !== 'bad-disk-image') throw error;
      fault = { byteOffset, lengthBytes, error };
    }
  }
  return { sizeBytes: 0, ...(fault && { fault }) };
}

/**
 * Where the VM state ends. The table of snapshots gives the bytes that were written, which is the end of a classic stream only, and QEMU does not look
 * at them. Behind the end may lie what older snapshots left.
 *
 * @param most All that can be read.
 */
async function findEnd(
  upTo: (sizeBytes: number) => ByteSource,
  most: number,
  { vmStateBytes }: InternalSnapshot,
  clusterBytes: number,
): Promise<number> {
  const whole = upTo(most);
  const { ramLayout, endMarkerOffset, endOffset } = await openSnapshot(whole, { tolerant: true });
  if (ramLayout !== 'classic') return endMarkerOffset === undefined ? most : Math.min(most, endOffset);
  if (vmStateBytes >= most) return most;
  const isDescribed = await endsDescribed(whole, vmStateBytes);
  // What is cut goes on with these zeros, which can be as good as what was there.
  if (isDescribed && (await isZero(whole, vmStateBytes, clusterBytes))) return vmStateBytes;
  // What lies behind can be taken for a part of the stream, or its description for that of the stream.
  const written = await openSnapshot(upTo(vmStateBytes), { tolerant: true, classic: true });
  const isWhole = isDescribed || written.endMarkerOffset === vmStateBytes - 1;
  if (isWhole && written.endMarkerOffset !== undefined && written.endOffset === vmStateBytes) {
    return vmStateBytes;
  }
  const walked = await openSnapshot(whole, { tolerant: true, classic: true });
  return walked.endMarkerOffset === undefined ? vmStateBytes : Math.min(most, walked.endOffset);
}

/** Whether all that follows is zeros, of no more than a cluster. */
async function isZero(whole: ByteSource, byteOffset: number, mostBytes: number): Promise<boolean> {
  const lengthBytes = whole.sizeBytes - byteOffset;
  if (lengthBytes > mostBytes) return false;
  const rest = new Uint8Array(lengthBytes);
  await whole.read(rest, byteOffset);
  return rest.every((byte) => byte === 0);
}

function chooseSnapshot(
  snapshots: readonly InternalSnapshot[],
  wanted: string | undefined,
): InternalSnapshot {
  const listed = listInWords(snapshots);
  if (wanted === undefined) {
    const what = snapshots.length === 0 ? listed : `${listed}; --snapshot NAME or ID says which is meant`;
    throw new MappedRamError('unsupported', { what });
  }
  const found = snapshots.filter(({ id, name }) => id === wanted || name === wanted);
  const [snapshot] = found;
  if (snapshot === undefined) {
    throw new MappedRamError('unsupported', {
      what: `the disk image has no snapshot "${wanted}": ${listed}`,
    });
  }
  if (found.length > 1) {
    const what = `"${wanted}" means more than one snapshot: ${listInWords(found)}`;
    throw new MappedRamError('unsupported', { what });
  }
  if (snapshot.vmStateBytes === 0) {
    const what = `snapshot "${wanted}" is of the disk alone: the guest's memory is not in it`;
    throw new MappedRamError('unsupported', { what });
  }
  return snapshot;
}

/** Snapshots that are told of in a message. */
const MOST_TOLD = 20;

/** Of a name that a message tells: an image can hold anything, of 65,535 bytes. */
const MOST_TOLD_CHARACTERS = 100;

/** A name as a message tells it. */
function inMessage(name: string): string {
  const short = name.length > MOST_TOLD_CHARACTERS ? `${name.slice(0, MOST_TOLD_CHARACTERS)}…` : name;
  return short.replace(/\p{C}/gu, '?');
}

/** One line, since it becomes a part of a message. */
function listInWords(snapshots: readonly InternalSnapshot[]): string {
  if (snapshots.length === 0) return 'it is a disk image (qcow2) without internal snapshots';
  const told = snapshots.slice(0, MOST_TOLD).map(({ id, name, takenAtMs, vmStateBytes }) => {
    const memory =
      vmStateBytes === 0 ? 'the disk alone' : `${(vmStateBytes / 2 ** 20).toFixed(1)} MiB of VM state`;
    return `${inMessage(id)} "${inMessage(name)}" (${new Date(takenAtMs).toISOString().slice(0, 16)}Z, ${memory})`;
  });
  const more = snapshots.length > told.length ? [`and ${snapshots.length - told.length} more`] : [];
  return `a disk image (qcow2) with internal snapshots: ${[...told, ...more].join(', ')}`;
}
