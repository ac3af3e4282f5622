import { mkdir, realpath, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MappedRamError } from '@mapped-ram/format';

/** What is in a clone's folder is guest memory. */
const PRIVATE_MODE = 0o700;

/**
 * Works in a folder, which is made if it is not there, for its owner alone. One that was made is taken away again when the work fails.
 *
 * @param use Gets the folder's absolute path, without links in it.
 * @throws MappedRamError `write-failed` where there can be no folder; what `use` throws.
 */
export async function inCloneFolder<T>(folder: string, use: (path: string) => Promise<T>): Promise<T> {
  const [path, firstMade] = await makeFolder(folder);
  try {
    return await use(path);
  } catch (error) {
    if (firstMade !== undefined) await removeEmpty(path, await realpath(firstMade));
    throw error;
  }
}

/** @returns The folder, and the first one of its path that was made. */
async function makeFolder(folder: string): Promise<[path: string, firstMade: string | undefined]> {
  try {
    const firstMade = await mkdir(folder, { recursive: true, mode: PRIVATE_MODE });
    return [await realpath(folder), firstMade];
  } catch (cause) {
    const what = `the folder ${folder} cannot be made: ${(cause as Error).message}`;
    throw new MappedRamError('write-failed', { what, cause });
  }
}

/** Removes a folder and those above it up to another one, unless somebody put something there. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    const isGone = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!isGone || at === last) return;
  }
}
