import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readPart } from '../read-part.js';

/** `QFI` and 0xfb. */
const MAGIC = 0x514649fb;

/** Of version 2; what follows is there from version 3 on. */
const V2_HEADER_BYTES = 72;
const V3_HEADER_BYTES = 104;

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

/** How compressed clusters of an image are compressed. */
export type Qcow2Compression = 'zlib' | 'zstd';

/** What the header of a qcow2 image says, as far as reading takes it. Offsets and sizes are in bytes. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly clusterBits: number;
  /** Size of the disk. */
  readonly virtualBytes: number;
  /** Clusters are in 32 subclusters, and an entry of a level 2 table has 16 bytes. */
  readonly hasExtendedL2: boolean;
  readonly compression: Qcow2Compression;
  readonly snapshotCount: number;
  readonly snapshotsOffset: number;
}

/** Whether a file that begins like this is a qcow2 image. */
export function isQcow2(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  return new DataView(head.buffer, head.byteOffset).getUint32(0) === MAGIC;
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
  const hasExtendedL2 = (features & Incompatible.extendedL2) !== 0n;
  if (hasExtendedL2 && clusterBits < 14)
    throw badHeader('clusters are too small for subclusters', 20, 'at least 14', clusterBits);
  return {
    version,
    clusterBits,
    virtualBytes: safeNumber(view.getBigUint64(24), 24),
    hasExtendedL2,
    compression: await readCompression(source, features),
    snapshotCount: view.getUint32(60),
    snapshotsOffset: safeNumber(view.getBigUint64(64), 64),
  };
}

function checkFeatures(features: bigint): void {
  const details = { byteOffset: 72, actual: features };
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
