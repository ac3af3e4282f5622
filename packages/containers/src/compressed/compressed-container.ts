import { type ByteSource, CONTAINER_HEAD_BYTES, type Container } from '@mapped-ram/reader';
import { COMPRESSION_MAGIC_BYTES, type Compression, compressionOf } from './compression.js';
import { decompress } from './decompress.js';
import { type Front, frontedSource } from './fronted-source.js';
import { readCompressedFront } from './libvirt-front.js';
import { TemporaryFile, type TemporaryLimits } from './temporary-file.js';

const GIB = 2 ** 30;

/** What a file may become: more than a snapshot does, and little enough for a bomb to be no more than a nuisance. */
function limitsFor(packedBytes: number): TemporaryLimits {
  return { dataBytes: Math.max(GIB, 200 * packedBytes), sizeBytes: Math.max(64 * GIB, 2000 * packedBytes) };
}

/**
 * Compressed files as containers, for `openContained` of `@mapped-ram/reader`: gzip, bzip2, xz, lzop and zstd, and libvirt's save images of
 * these formats. Opening one unpacks it into a temporary file without a name, with holes where it is zero. An image is then one of the format
 * `raw`, since that is what libvirt makes of it.
 */
export const compressedContainer: Container = {
  name: 'compressed file',
  recognises: (head) => compressionOf(head) !== undefined || readCompressedFront(head) !== undefined,
  open: (source) => openCompressed(source, limitsFor),
};

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
  const file = await TemporaryFile.create(limits(source.sizeBytes - byteOffset));
  try {
    await decompress(source, byteOffset, compression, (piece) => file.append(piece));
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
