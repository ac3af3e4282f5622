import { MappedRamError } from '@mapped-ram/format';
import { toFileFault } from '../shared/file-fault.js';
import { printable } from '../shared/printable.js';

/** A file cannot be used. `cause` says why. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`${path} cannot be used`, { cause });
    this.path = path;
  }
}

/**
 * Waits for work on a file.
 *
 * @throws FileError where the file is why it failed; every other error as it is.
 */
export async function aboutFile<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof MappedRamError ? new FileError(path, error) : error;
  }
}

/** The file and what is wrong with it, in one line for a terminal. */
export function errorText({ path, cause }: FileError): string {
  return printable(`${path}: ${toFileFault(cause).message}`);
}
