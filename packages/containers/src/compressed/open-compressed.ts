import { type ByteSource, CONTAINER_HEAD_BYTES } from '@mapped-ram/reader';
import { COMPRESSION_MAGIC_BYTES, type Compression, compressionOf } from './compression.js';
import { dataEnd } from './data-end.js';
import { decompress } from './decompress.js';
import { type Front, frontedSource } from './fronted-source.js';
import { readCompressedFront } from './libvirt-front.js';
import { TemporaryFile, type TemporaryLimits } from './temporary-file.js';

/**
 * Unpacks a compressed file.
 *
 * @param limits What so many compressed bytes may become.
 * @returns undefined where it is none.
 */
export async function openCompressed(
  source: ByteSource,
  limits: (packedBytes: number) => TemporaryLimits,
): Promise<ByteSource | undefined> {
  const place = await findCompressed(source);
  if (place === undefined) return undefined;
  const { byteOffset, compression, front } = place;
  const end = dataEnd(source, byteOffset);
  const file = await TemporaryFile.create(limits(end - byteOffset));
  try {
    await decompress(source, { from: byteOffset, to: end }, compression, (piece) => file.append(piece));
  } catch (error) {
    await file.close();
    throw error;
  }
  return frontedSource(front, await file.finish(source.name));
}

interface CompressedPlace {
  readonly byteOffset: number;
  readonly compression: Compression;
  readonly front: Front;
}

/** Where what is compressed starts. Nothing, where an image is not compressed as its header says: libvirt would run the wrong program. */
async function findCompressed(source: ByteSource): Promise<CompressedPlace | undefined> {
  const head = await readUpTo(source, 0, CONTAINER_HEAD_BYTES);
  const libvirt = readCompressedFront(head);
  const byteOffset = libvirt?.streamOffset ?? 0;
  const compression = compressionOf(
    libvirt === undefined ? head : await readUpTo(source, byteOffset, COMPRESSION_MAGIC_BYTES),
  );
  if (compression === undefined) return undefined;
  if (libvirt !== undefined && libvirt.format !== compression.libvirtFormat) return undefined;
  const patch = libvirt?.rawFormat ?? { byteOffset: 0, bytes: new Uint8Array() };
  return { byteOffset, compression, front: { source, lengthBytes: byteOffset, patch } };
}

async function readUpTo(source: ByteSource, byteOffset: number, lengthBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, source.sizeBytes - byteOffset)));
  return bytes.subarray(0, await source.read(bytes, byteOffset));
}
