import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';

/** What a source needs of a slice of a blob. */
export interface BlobPart {
  /** Its bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The part of the platform's `Blob` that a source needs; a `File` from a file picker is one. */
export interface BlobLike {
  readonly size: number;
  /** The file's name, where the blob is a `File`. */
  readonly name?: string;
  /** The bytes from `start` to before `end`. */
  slice(start: number, end: number): BlobPart;
}

/**
 * A `Blob` or `File`, read a slice at a time.
 *
 * @param name What to call it in messages; a `File`'s own name by default.
 */
export function blobSource(blob: BlobLike, name = blob.name ?? 'blob'): ByteSource {
  return {
    name,
    sizeBytes: blob.size,
    async read(target, byteOffset) {
      const end = Math.min(byteOffset + target.length, blob.size);
      if (byteOffset >= end) return 0;
      try {
        target.set(new Uint8Array(await blob.slice(byteOffset, end).arrayBuffer()));
      } catch (cause) {
        throw new MappedRamError('read-failed', { what: `reading ${name} failed`, byteOffset, cause });
      }
      return end - byteOffset;
    },
    async close() {},
  };
}
