import { readFile } from 'node:fs/promises';
import { MappedRamError } from '@mapped-ram/format';

/**
 * Reads a domain XML that the user has in a file.
 *
 * @throws MappedRamError `read-failed`
 */
export async function readXml(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new MappedRamError('read-failed', { what: `${path}: ${(cause as Error).message}`, cause });
  }
}
