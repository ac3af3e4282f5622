import { closeSync, openSync } from 'node:fs';
import { dataExtents, isPosixAvailable } from '@mapped-ram/posix';
import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';

/** Consecutive bytes of a file. */
export interface Extent {
  readonly byteOffset: number;
  readonly lengthBytes: number;
}

/** A source that may know where its holes are. */
export interface SparseSource extends ByteSource {
  /** The stretches between two offsets that are no holes, in ascending order; they may hold zeros all the same. */
  readonly dataExtents?: (fromOffset: number, toOffset: number) => Iterable<Extent>;
}

/**
 * Opens a regular file that may have holes. Where the system does not tell where they are, they are read as zeros.
 *
 * @param signal Every read after it was aborted throws its reason.
 * @throws MappedRamError `read-failed`.
 */
export async function openSparseFile(path: string, signal?: AbortSignal): Promise<SparseSource> {
  const source = await openFileSource(path);
  const { name, sizeBytes, allocatedBytes } = source;
  // Looking for holes moves the position of a descriptor, so it has one of its own.
  const descriptor = isPosixAvailable() ? openSync(path, 'r') : undefined;
  return {
    name,
    sizeBytes,
    ...(allocatedBytes !== undefined && { allocatedBytes }),
    ...(descriptor !== undefined && { dataExtents: (from, to) => dataExtents(descriptor, from, to) }),
    read: async (target, byteOffset) => {
      signal?.throwIfAborted();
      return source.read(target, byteOffset);
    },
    close: async () => {
      if (descriptor !== undefined) closeSync(descriptor);
      await source.close();
    },
  };
}

/** The stretches between two offsets that may hold data. */
export function extentsOf(source: SparseSource, fromOffset: number, toOffset: number): Iterable<Extent> {
  const end = Math.min(toOffset, source.sizeBytes);
  if (end <= fromOffset) return [];
  return source.dataExtents?.(fromOffset, end) ?? [{ byteOffset: fromOffset, lengthBytes: end - fromOffset }];
}
