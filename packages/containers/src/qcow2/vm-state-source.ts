import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource, Extent } from '@mapped-ram/reader';
import type { ClusterMap, ClusterRun } from './cluster-map.js';
import type { ClusterDecoder } from './compressed-cluster.js';

/** Decoded clusters that are kept. */
const KEPT_CLUSTERS = 8;

/** What reading VM state takes. */
export interface VmStatePlace {
  readonly image: ByteSource;
  readonly map: ClusterMap;
  readonly decode: ClusterDecoder;
  readonly sizeBytes: number;
  /** Of the disk. */
  readonly dirtyBitmaps: number;
}

/** The VM state in an image as a file: what is not allocated reads as zeros, and so does what lies behind the image's end. */
export function vmStateSource({ image, map, decode, sizeBytes, dirtyBitmaps }: VmStatePlace): ByteSource {
  const clusters = new DecodedClusters(image, decode);
  let allocatedBytes = 0;
  for (const { lengthBytes, packedBytes } of map.between(0, sizeBytes))
    allocatedBytes += packedBytes ?? lengthBytes;
  return {
    name: image.name,
    sizeBytes,
    allocatedBytes,
    isVmState: true,
    dirtyBitmaps,
    *dataExtents(fromOffset, toOffset): Iterable<Extent> {
      const end = Math.min(toOffset, sizeBytes);
      for (const run of map.between(fromOffset, end)) {
        const from = Math.max(fromOffset, run.byteOffset);
        yield { byteOffset: from, lengthBytes: Math.min(end, run.byteOffset + run.lengthBytes) - from };
      }
    },
    async read(target, byteOffset, options) {
      const end = Math.min(byteOffset + target.length, sizeBytes);
      if (end <= byteOffset) return 0;
      let next = byteOffset;
      for (const run of map.between(byteOffset, end)) {
        const from = Math.max(byteOffset, run.byteOffset);
        const to = Math.min(end, run.byteOffset + run.lengthBytes);
        target.fill(0, next - byteOffset, from - byteOffset);
        const place = target.subarray(from - byteOffset, to - byteOffset);
        if (run.packedBytes === undefined) {
          const filled = await image.read(place, run.hostOffset + (from - run.byteOffset), options);
          place.fill(0, filled);
        } else {
          const cluster = await clusters.get(run);
          place.set(cluster.subarray(from - run.byteOffset, to - run.byteOffset));
        }
        next = to;
      }
      target.fill(0, next - byteOffset, end - byteOffset);
      return end - byteOffset;
    },
    close: () => image.close(),
  };
}

/** Decodes clusters, and keeps the last ones: many small reads go to one. */
class DecodedClusters {
  readonly #image: ByteSource;
  readonly #decode: ClusterDecoder;
  readonly #kept = new Map<number, Promise<Uint8Array>>();

  constructor(image: ByteSource, decode: ClusterDecoder) {
    this.#image = image;
    this.#decode = decode;
  }

  get(run: ClusterRun): Promise<Uint8Array> {
    const known = this.#kept.get(run.byteOffset);
    if (known !== undefined) return known;
    const cluster = this.#load(run);
    this.#kept.set(run.byteOffset, cluster);
    cluster.catch(() => this.#kept.delete(run.byteOffset));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_CLUSTERS) break;
      this.#kept.delete(oldest);
    }
    return cluster;
  }

  async #load({ hostOffset, packedBytes = 0, lengthBytes }: ClusterRun): Promise<Uint8Array> {
    const packed = new Uint8Array(packedBytes);
    // The last sector need not be whole.
    const filled = await this.#image.read(packed, hostOffset);
    try {
      return this.#decode(packed.subarray(0, filled), lengthBytes);
    } catch (cause) {
      if (!(cause instanceof MappedRamError)) throw cause;
      const what = `a compressed cluster of the disk image cannot be read (${cause.what})`;
      throw new MappedRamError('bad-disk-image', { what, byteOffset: hostOffset, cause });
    }
  }
}
