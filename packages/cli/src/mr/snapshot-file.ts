import type { SnapshotFile } from '@mapped-ram/inspect';
import { type OpenOptions, openSnapshot } from '@mapped-ram/reader';
import { openSource } from '../shared/open-source.js';
import type { OptionGroup } from '../shared/option-spec.js';
import { aboutFile } from './file-error.js';
import { inputGroup } from './file-options.js';

/** How a snapshot is to be read. `inputOptions` makes sense of it. */
export const readingGroup: OptionGroup = { ...inputGroup, title: 'How to read the file' };

/**
 * Opens a snapshot, works with it, and closes it whatever happens.
 *
 * @throws FileError where it cannot be opened; what `use` throws.
 */
export async function withSnapshotFile<T>(
  path: string,
  options: OpenOptions,
  use: (file: SnapshotFile) => Promise<T>,
): Promise<T> {
  const { source } = await aboutFile(path, openSource(path));
  try {
    const snapshot = await aboutFile(path, openSnapshot(source, options));
    return await use({ snapshot, source });
  } finally {
    await source.close();
  }
}
