import { writeFile } from 'node:fs/promises';
import { MappedRamError } from '@mapped-ram/format';
import { aboutFile } from './file-error.js';

/**
 * Writes a small file whole. One that exists is replaced only where that is asked for.
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
    await writeFile(path, contents, { flag: overwrite ? 'w' : 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    if (exists) throw new MappedRamError('target-exists', { what: 'it exists already; --force replaces it' });
    throw new MappedRamError('write-failed', { cause });
  }
}
