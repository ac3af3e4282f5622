import { createFileTarget, type FileTarget, type FileTargetOptions } from './file-target.js';

/**
 * Makes a file: whole, or not at all. Whatever goes wrong, a file that was there is as it was.
 *
 * @param fill Writes what is to be in it.
 * @throws MappedRamError `target-exists`, `write-failed`; what `fill` throws.
 */
export async function makeFile<T>(
  path: string,
  options: FileTargetOptions,
  fill: (target: FileTarget) => Promise<T>,
): Promise<T> {
  const target = await createFileTarget(path, options);
  try {
    const result = await fill(target);
    await target.commit();
    return result;
  } catch (error) {
    await target.abort();
    throw error;
  }
}

/**
 * Makes a file of bytes, or of a text in UTF-8, as {@link makeFile} does.
 *
 * @throws MappedRamError `target-exists`, `write-failed`
 */
export async function writeWholeFile(
  path: string,
  contents: Uint8Array | string,
  options: FileTargetOptions = {},
): Promise<void> {
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
  await makeFile(path, options, (target) => target.write([{ byteOffset: 0, bytes }]));
}
