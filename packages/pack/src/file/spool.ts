import { DataFinder } from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';

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
    const finder = new DataFinder();
    let position = 0;
    let dataEnd = 0;
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length; ) {
        const place = finder.place(position, chunk.length - at);
        place.set(chunk.subarray(at, at + place.length));
        const pieces = finder.pieces(position, place.length, false);
        await target.write(pieces);
        for (const { byteOffset, bytes } of pieces) dataEnd = byteOffset + bytes.length;
        at += place.length;
        position += place.length;
      }
    }
    if (dataEnd < position) await target.write([{ byteOffset: position - 1, bytes: Uint8Array.of(0) }]);
    return await use(target.partPath);
  } finally {
    await target.abort();
  }
}
