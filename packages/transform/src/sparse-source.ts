import { checkOptions, functionOption, signalOption } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { type OpenSource, openSource as openPlain } from '@mapped-ram/reader/file';

/** A file that is read to make another. */
export interface SparseSource extends ByteSource {
  /** Whether it is the file of its name, and not one that lies in that: then channels find pages there too. */
  readonly isPlain: boolean;
}

/** How to open a file that may have holes. */
export interface SparseOptions {
  /** Every read after it was aborted throws its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How it is opened, where it may lie in a container; as a plain file if not given. */
  readonly openSource?: OpenSource | undefined;
}

/**
 * Opens a regular file that may have holes. Where the system does not tell where they are, they are read as zeros.
 *
 * @throws MappedRamError `read-failed`; what opening a container throws.
 */
export async function openSparseFile(path: string, options: SparseOptions = {}): Promise<SparseSource> {
  checkOptions<SparseOptions>(options, { signal: signalOption, openSource: functionOption });
  const { signal, openSource = (file) => openPlain(file, []) } = options;
  const { source, container } = await openSource(path);
  return {
    ...source,
    isPlain: container === undefined,
    read: async (target, byteOffset) => {
      signal?.throwIfAborted();
      return source.read(target, byteOffset);
    },
  };
}
