import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';

/**
 * Opens a regular file that may have holes. Where the system does not tell where they are, they are read as zeros.
 *
 * @param signal Every read after it was aborted throws its reason.
 * @throws MappedRamError `read-failed`.
 */
export async function openSparseFile(path: string, signal?: AbortSignal): Promise<ByteSource> {
  const source = await openFileSource(path);
  if (signal === undefined) return source;
  return {
    ...source,
    read: async (target, byteOffset) => {
      signal.throwIfAborted();
      return source.read(target, byteOffset);
    },
  };
}
