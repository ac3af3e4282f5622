import { type FileTarget, makeFile } from '@mapped-ram/writer/file';
import type { Terminal } from '../../shared/terminal.js';
import { aboutFile } from '../file-error.js';

const CHUNK_CHARACTERS = 1024 * 1024;

/**
 * Writes a text that is made piece by piece: to standard output, or into a file, whole or not at all.
 *
 * @throws FileError `target-exists`, `write-failed`; what making pieces throws.
 */
export async function writeText(
  pieces: Iterable<string>,
  path: string | undefined,
  { terminal, overwrite }: { readonly terminal: Terminal; readonly overwrite: boolean },
): Promise<void> {
  if (path === undefined) {
    for (const chunk of chunks(pieces)) terminal.stdout.write(chunk);
    return;
  }
  const fill = async (target: FileTarget) => {
    let byteOffset = 0;
    for (const chunk of chunks(pieces)) {
      const bytes = new TextEncoder().encode(chunk);
      await target.write([{ byteOffset, bytes }]);
      byteOffset += bytes.length;
    }
  };
  await aboutFile(path, makeFile(path, { overwrite }, fill));
}

function* chunks(pieces: Iterable<string>): Generator<string, void, undefined> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
