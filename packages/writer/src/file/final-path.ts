import type { Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MappedRamError } from '@mapped-ram/format';
import { writeFailed } from './write-failed.js';

const MAX_NAME_BYTES = 255;

/** Where a file is to be. */
export interface FinalPath {
  /** Behind links, so that what is replaced is the file that they lead to. */
  readonly path: string;
  /** Permissions of the file that is replaced; undefined where there is none. */
  readonly replacedMode: number | undefined;
}

/**
 * Looks at the place where a file is to be.
 *
 * @throws MappedRamError `target-exists`; `write-failed` where there is something else than a regular file, which is never replaced.
 */
export async function findFinalPath(path: string, overwrite: boolean): Promise<FinalPath> {
  try {
    const found = await lstat(path).catch(ignoreMissing);
    if (found === undefined) return { path, replacedMode: undefined };
    if (found.isSymbolicLink() && !overwrite) throw existsAlready(path);
    const finalPath = await realpath(path);
    const stats = await stat(finalPath);
    if (!stats.isFile()) throw noRegularFile(path, stats);
    if (!overwrite) throw existsAlready(path);
    return { path: finalPath, replacedMode: stats.mode & 0o777 };
  } catch (cause) {
    throw cause instanceof MappedRamError ? cause : writeFailed(path, cause);
  }
}

function existsAlready(name: string, cause?: unknown): MappedRamError {
  return new MappedRamError('target-exists', { what: `${name} exists already`, cause });
}

function noRegularFile(path: string, found: Stats): MappedRamError {
  return new MappedRamError('write-failed', {
    what: `${path} cannot be replaced`,
    expected: 'a regular file',
    actual: found.isDirectory() ? 'a directory' : 'a pipe, a socket or a device',
  });
}

/**
 * Makes a file under another name beside its own, `.NAME.PID.part`.
 *
 * @param name What the user calls the file.
 * @param mode Its permissions, of which the umask takes.
 * @throws MappedRamError `write-failed`.
 */
export async function openPart(
  name: string,
  finalPath: string,
  mode: number,
): Promise<{ readonly handle: FileHandle; readonly partPath: string }> {
  for (let attempt = 0; ; attempt++) {
    const partPath = join(dirname(finalPath), partName(basename(finalPath), attempt));
    try {
      return { handle: await open(partPath, 'wx+', mode), partPath };
    } catch (cause) {
      // Left behind by a process of the same number, or this process makes the same file twice.
      const isTaken = (cause as NodeJS.ErrnoException).code === 'EEXIST';
      if (!isTaken || attempt === 100) throw writeFailed(name, cause);
    }
  }
}

function partName(name: string, attempt: number): string {
  const suffix = `.${process.pid}${attempt === 0 ? '' : `-${attempt}`}.part`;
  let kept = name;
  while (Buffer.byteLength(kept) + suffix.length + 1 > MAX_NAME_BYTES) kept = kept.slice(0, -1);
  return `.${kept}${suffix}`;
}

/**
 * Gives a whole file its name, in place of another only where that is wanted. Unlike renaming, linking never replaces what somebody else
 * put there meanwhile.
 *
 * @throws MappedRamError `target-exists`; what the system says.
 */
export async function takeName(
  name: string,
  partPath: string,
  finalPath: string,
  overwrite: boolean,
): Promise<void> {
  if (overwrite) {
    await rename(partPath, finalPath);
    return;
  }
  try {
    await link(partPath, finalPath);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw existsAlready(name, cause);
    // The file system knows no links.
    await rename(partPath, finalPath);
    return;
  }
  await rm(partPath);
}

/** Makes the new name durable, where the file system wants to be told. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EIO') throw error;
  } finally {
    await handle?.close();
  }
}

function ignoreMissing(cause: unknown): undefined {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  return undefined;
}
