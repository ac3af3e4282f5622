import { hasErrorCode, MappedRamError } from '@mapped-ram/format';
import { type ByteSource, openSnapshot } from '@mapped-ram/reader';
import type { ClusterMap } from './cluster-map.js';
import { openClusterDecoder } from './compressed-cluster.js';
import { type Qcow2Header, readHeader } from './header.js';
import { mapVmState } from './map-vm-state.js';
import { type InternalSnapshot, readSnapshots } from './snapshot-table.js';
import { vmStateSource } from './vm-state-source.js';

/**
 * Lists the internal snapshots of a qcow2 image.
 *
 * @throws MappedRamError `bad-disk-image`, `limit-exceeded`, `unsupported`, `read-failed`.
 */
export async function listInternalSnapshots(image: ByteSource): Promise<readonly InternalSnapshot[]> {
  return readSnapshots(image, await readHeader(image));
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
  const header = await readHeader(image);
  const snapshot = chooseSnapshot(await readSnapshots(image, header), wanted);
  return openVmState(image, header, snapshot);
}

async function openVmState(
  image: ByteSource,
  header: Qcow2Header,
  snapshot: InternalSnapshot,
): Promise<ByteSource> {
  const map = await mapVmState(image, header, snapshot);
  const decode = await openClusterDecoder(header.compression);
  const place = { image, map, decode };
  const allocated = vmStateSource({ ...place, sizeBytes: map.endOffset });
  const whole = vmStateSource({ ...place, sizeBytes: await decodableEnd(allocated, map) });
  return vmStateSource({ ...place, sizeBytes: await findEnd(whole, snapshot) });
}

/** What lies behind all that can be decoded is no part of the VM state, or QEMU misses it as if it were not there. */
async function decodableEnd(allocated: ByteSource, map: ClusterMap): Promise<number> {
  for (let index = map.count - 1; index >= 0; index--) {
    const { byteOffset, lengthBytes, packedBytes } = map.at(index);
    if (packedBytes === undefined) return byteOffset + lengthBytes;
    try {
      await allocated.read(new Uint8Array(1), byteOffset);
      return byteOffset + lengthBytes;
    } catch (error) {
      if (!hasErrorCode(error, 'bad-disk-image')) throw error;
    }
  }
  return 0;
}

/**
 * Where the VM state ends. The table of snapshots gives the bytes that were written, which is the end of a classic stream only. Behind
 * the end may lie what older snapshots left.
 */
async function findEnd(whole: ByteSource, { vmStateBytes }: InternalSnapshot): Promise<number> {
  const { ramLayout, endMarkerOffset, endOffset } = await openSnapshot(whole, { tolerant: true });
  if (ramLayout === 'classic') return Math.min(whole.sizeBytes, vmStateBytes);
  return endMarkerOffset === undefined ? whole.sizeBytes : Math.min(whole.sizeBytes, endOffset);
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
