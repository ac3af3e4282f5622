import { MappedRamError } from '@mapped-ram/format';
import { writeWholeFile } from '@mapped-ram/writer/file';
import { aboutFile } from './file-error.js';

/**
 * Makes a file, whole or not at all, for its owner alone. One that exists is replaced only where that is asked for.
 *
 * @throws FileError `target-exists`, `write-failed`.
 */
export async function writeOutputFile(
  path: string,
  contents: Uint8Array | string,
  overwrite: boolean,
): Promise<void> {
  await aboutFile(path, write(path, contents, overwrite));
}

async function write(path: string, contents: Uint8Array | string, overwrite: boolean): Promise<void> {
  try {
    await writeWholeFile(path, contents, { overwrite });
  } catch (error) {
    const exists = error instanceof MappedRamError && error.code === 'target-exists';
    throw exists
      ? new MappedRamError('target-exists', { what: 'it exists already; --force replaces it' })
      : error;
  }
}
