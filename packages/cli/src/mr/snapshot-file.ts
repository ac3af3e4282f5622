import type { SnapshotFile } from '@mapped-ram/inspect';
import { type OpenOptions, openSnapshot } from '@mapped-ram/reader';
import type { OpenSource } from '@mapped-ram/reader/file';
import type { CommandLine } from '../shared/command-line.js';
import type { OptionGroup } from '../shared/option-spec.js';
import { aboutFile } from './file-error.js';
import { inputGroup, inputOptions, openerOption } from './file-options.js';
import { readingOpener } from './reading-opener.js';

/** How a snapshot is to be read. `inputOptions` makes sense of it. */
export const readingGroup: OptionGroup = { ...inputGroup, title: 'How to read the file' };

/** How a snapshot is opened and read. */
export interface ReadingOptions extends OpenOptions {
  readonly openSource: OpenSource;
}

/** What {@link readingGroup} says. @throws UsageError */
export function readingOptions(line: CommandLine): ReadingOptions {
  return { ...inputOptions(line), ...openerOption(line) };
}

/**
 * Opens a snapshot, works with it, and closes it whatever happens.
 *
 * @throws FileError where it cannot be opened; what `use` throws.
 */
export async function withSnapshotFile<T>(
  path: string,
  { openSource, ...options }: ReadingOptions,
  use: (file: SnapshotFile) => Promise<T>,
): Promise<T> {
  const { streamOffset, signal, tolerant } = options;
  const opener = readingOpener(openSource, { streamOffset, signal, tolerant });
  const { source } = await aboutFile(path, opener(path));
  try {
    const snapshot = await aboutFile(path, openSnapshot(source, { ...options, classic: true }));
    return await use({ snapshot, source });
  } finally {
    await source.close();
  }
}
