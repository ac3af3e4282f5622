import { createFileTarget, writeIncoming } from '@mapped-ram/writer/file';

/**
 * Keeps what comes through a pipe in a file, with holes where it is zero, as long as it is worked on: a packed file begins and
 * ends with what is only known when all of it is there.
 *
 * @param beside The file is made in the folder of this one.
 * @throws MappedRamError `write-failed`; what reading and `use` throw. The file is then gone too.
 */
export async function withSpooled<T>(
  input: AsyncIterable<Uint8Array>,
  beside: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const target = await createFileTarget(`${beside}.spool`, { overwrite: true });
  try {
    await writeIncoming(target, input);
    return await use(target.partPath);
  } finally {
    await target.abort();
  }
}
