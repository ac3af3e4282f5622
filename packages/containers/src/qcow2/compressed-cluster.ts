import { inflateRawSync } from 'node:zlib';
import { MappedRamError } from '@mapped-ram/format';
import { firstFrame } from '@mapped-ram/pack';
import { openCodec } from '@mapped-ram/pack/codec';
import type { Qcow2Compression } from './header.js';

/** Takes a cluster out of what an image holds for it, behind which other bytes may stand. */
export type ClusterDecoder = (packed: Uint8Array, clusterBytes: number) => Uint8Array;

/** Opens what decodes the clusters of an image. */
export async function openClusterDecoder(compression: Qcow2Compression): Promise<ClusterDecoder> {
  if (compression === 'zlib') return inflate;
  const codec = await openCodec();
  return (packed, clusterBytes) => {
    const cluster = new Uint8Array(clusterBytes);
    codec.decompress(firstFrame(packed), cluster);
    return cluster;
  };
}

function inflate(packed: Uint8Array, clusterBytes: number): Uint8Array {
  let cluster: Uint8Array;
  try {
    cluster = inflateRawSync(packed, { maxOutputLength: clusterBytes });
  } catch (cause) {
    throw new MappedRamError('bad-disk-image', { what: 'a compressed cluster cannot be decoded', cause });
  }
  if (cluster.length === clusterBytes) return cluster;
  throw new MappedRamError('bad-disk-image', {
    what: 'a compressed cluster holds another length',
    expected: clusterBytes,
    actual: cluster.length,
  });
}
