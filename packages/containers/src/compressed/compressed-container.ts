import type { Container } from '@mapped-ram/reader';
import { compressionOf } from './compression.js';
import { readCompressedFront } from './libvirt-front.js';
import type { TemporaryLimits } from './temporary-file.js';

const GIB = 2 ** 30;

/** What a file may become: more than a snapshot does, and little enough for a bomb to be no more than a nuisance. */
function limitsFor(packedBytes: number): TemporaryLimits {
  return { dataBytes: Math.max(GIB, 200 * packedBytes), sizeBytes: Math.max(64 * GIB, 2000 * packedBytes) };
}

/**
 * Compressed files as containers, for `openContained` of `@mapped-ram/reader`: gzip, bzip2, xz, lzop, zstd and lz4, and libvirt's save images of
 * these formats. Opening one unpacks it into a temporary file without a name, with holes where it is zero. An image is then one of the format
 * `raw`, since that is what libvirt makes of it.
 */
export const compressedContainer: Container = {
  name: 'compressed file',
  recognises: (head) => compressionOf(head) !== undefined || readCompressedFront(head) !== undefined,
  async open(source) {
    // Most files are not compressed.
    const { openCompressed } = await import('./open-compressed.js');
    return openCompressed(source, limitsFor);
  },
};
