import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BuiltImage,
  type BuiltSnapshot,
  buildQcow2,
  captureInfo,
  loadCapture,
  SparseImage,
  scratchParent,
} from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { convertSnapshot } from '@mapped-ram/transform';
import { createFileTarget } from '@mapped-ram/writer/file';
import { Places } from '../builder/places.js';
import type { FuzzBase } from './base.js';
import { classicMutators } from './classic-mutators.js';
import { diskMutators } from './disk-mutators.js';
import { fieldMutators } from './field-mutators.js';
import { fileMutators } from './file-mutators.js';
import type { Mutator } from './mutator.js';
import { listClassicParts } from './page-records.js';
import { pieceMutators } from './piece-mutators.js';

/** Captures that become classic streams, or are such, and how often each is taken. */
export const classicWeights = [
  { id: 'qemu-10.0/none', weight: 10 },
  { id: 'qemu-11.1/none', weight: 4 },
  { id: 'qemu-10.0/microvm', weight: 6 },
  { id: 'libvirt-11.3/save-raw', weight: 4 },
  { id: 'qemu-10.0/odd-size', weight: 2 },
  { id: 'qemu-10.0/no-footers', weight: 1 },
  { id: 'qemu-10.0/no-configuration', weight: 1 },
] as const;

/** What a disk image is, in which a snapshot is put. */
interface DiskKind {
  readonly weight: number;
  readonly captureId: string;
  readonly isClassic: boolean;
  readonly wanted: Omit<BuiltImage, 'snapshots'>;
  readonly compressed?: boolean;
  /** Whether the image has another snapshot behind the one that is loaded. */
  readonly hasOther?: boolean;
  /** Whether the image is damaged, and not the stream in it. */
  readonly damagesDisk: boolean;
}

/** What snapshots in disk images are called. */
const SNAPSHOT = 's1';

/** One that is not loaded: no stream, in some clusters. */
const OTHER: BuiltSnapshot = { id: '2', name: 'other', state: new Uint8Array(20_000).fill(7) };

const NONE = 'qemu-11.1/none';

/** Entries of level 2 tables have 16 bytes then. */
const SUBCLUSTERS = { extendedL2: true, clusterBits: 14 } as const;

/** Disk images, and how often each is taken. */
export const diskKinds: readonly DiskKind[] = [
  { weight: 6, captureId: NONE, isClassic: false, wanted: {}, damagesDisk: true },
  { weight: 4, captureId: NONE, isClassic: true, wanted: { clusterBits: 12 }, damagesDisk: true },
  { weight: 3, captureId: NONE, isClassic: true, wanted: { clusterBits: 9 }, damagesDisk: true },
  { weight: 2, captureId: NONE, isClassic: true, wanted: { version: 2 }, damagesDisk: true },
  { weight: 3, captureId: NONE, isClassic: true, wanted: {}, compressed: true, damagesDisk: true },
  {
    weight: 4,
    captureId: NONE,
    isClassic: true,
    wanted: { clusterBits: 12 },
    hasOther: true,
    damagesDisk: true,
  },
  { weight: 3, captureId: NONE, isClassic: false, wanted: SUBCLUSTERS, damagesDisk: true },
  { weight: 2, captureId: NONE, isClassic: true, wanted: SUBCLUSTERS, damagesDisk: true },
  { weight: 2, captureId: NONE, isClassic: false, wanted: { clusterBits: 21 }, damagesDisk: true },
  { weight: 3, captureId: NONE, isClassic: false, wanted: {}, damagesDisk: false },
  { weight: 3, captureId: 'qemu-10.0/none', isClassic: true, wanted: {}, damagesDisk: false },
];

/** A capture as a classic stream. */
export async function openClassicBase(captureId: string): Promise<FuzzBase> {
  const { streamOffset } = captureInfo(captureId);
  const capture = await loadCapture(captureId);
  const { ramLayout } = await openSnapshot(capture, { streamOffset, tolerant: true });
  const image = ramLayout === 'classic' ? capture : await classicStream(capture);
  const model = await openSnapshot(image, { streamOffset, tolerant: true, classic: true });
  return {
    ...{ form: 'classic', captureId, streamOffset, edits: [], image, mappedRam: false },
    places: new Places(model),
    mutators: [...classicMutators(listClassicParts(image, model)), ...streamMutators],
  };
}

/** A snapshot in a disk image. */
export async function openDiskBase({
  captureId,
  isClassic,
  wanted,
  compressed = false,
  hasOther = false,
  damagesDisk,
}: DiskKind): Promise<FuzzBase> {
  const stream = isClassic ? await openClassicBase(captureId) : undefined;
  const image = stream?.image ?? (await loadCapture(captureId));
  const putIn = (contents: SparseImage) =>
    buildQcow2({
      ...wanted,
      snapshots: [
        { id: '1', name: SNAPSHOT, state: contents.bytes(0, contents.sizeBytes), compressed },
        ...(hasOther ? [OTHER] : []),
      ],
    });
  const base = {
    ...({ form: 'qcow2', captureId, streamOffset: 0, edits: [], internalSnapshot: SNAPSHOT } as const),
    ...(isClassic && { mappedRam: false as const }),
  };
  const places = stream?.places ?? new Places(await openSnapshot(image));
  if (!damagesDisk) {
    const finish = (damaged: SparseImage) => imageOfBytes(putIn(damaged).bytes);
    return { ...base, image, places, mutators: stream?.mutators ?? streamMutators, finish };
  }
  const disk = putIn(image);
  const mutators = diskMutators(disk.places, wanted.clusterBits ?? 16);
  return { ...base, image: imageOfBytes(disk.bytes), places, mutators };
}

/** What is done to the parts that all streams have. */
const streamMutators: readonly Mutator[] = [...fieldMutators, ...pieceMutators, ...fileMutators];

async function classicStream(capture: SparseImage): Promise<SparseImage> {
  const folder = mkdtempSync(join(scratchParent, 'fuzz-base-'));
  try {
    const path = join(folder, 'classic');
    await convertSnapshot(capture, await createFileTarget(path), 'stream');
    return await SparseImage.fromFile(path, 'classic');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function imageOfBytes(bytes: Uint8Array): SparseImage {
  return new SparseImage('disk.qcow2', bytes.length, [{ byteOffset: 0, bytes }]);
}
