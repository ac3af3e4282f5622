import { type LintOptions, lintSource } from '@mapped-ram/lint';
import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { toFileFault } from './file-fault.js';
import type { FileResult } from './file-result.js';

/**
 * Opens, checks and closes one file. A file that cannot be read is a result too.
 *
 * @throws The signal's reason, when aborted; nothing else.
 */
export async function lintFile(path: string, options: LintOptions): Promise<FileResult> {
  let source: ByteSource | undefined;
  try {
    source = await openFileSource(path);
    return await lintSource(source, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { path, error: toFileFault(error) };
  } finally {
    await source?.close();
  }
}
