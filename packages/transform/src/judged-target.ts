import { judgeSnapshot } from '@mapped-ram/lint';
import { type ByteSource, readClassicStream } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import type { MadeStream } from '@mapped-ram/writer';
import { checkFreeSpace, type FileTarget } from '@mapped-ram/writer/file';

/**
 * A file that has room before it is begun, and takes its name only if a QEMU would restore what was written: people delete the original then. Of a snapshot
 * headers and bitmaps are looked at, and no page is read again; a classic stream is read to its end.
 */
export function judgedTarget(target: FileTarget): FileTarget {
  return {
    name: target.name,
    partPath: target.partPath,
    expect: (lengthBytes) => checkFreeSpace(target.partPath, lengthBytes),
    write: (pieces) => target.write(pieces),
    discard: (byteOffset, lengthBytes) => target.discard(byteOffset, lengthBytes),
    resize: (sizeBytes) => target.resize(sizeBytes),
    written: () => target.written(),
    abort: () => target.abort(),
    async commit(made) {
      if (made === undefined) throw new TypeError('what was written has to be said');
      const source = await openFileSource(target.partPath);
      try {
        await judge({ ...source, name: target.name }, made);
      } finally {
        await source.close();
      }
      await target.commit(made);
    },
  };
}

/** @throws MappedRamError `not-restorable`; what is wrong with a classic stream; `read-failed`. */
async function judge(source: ByteSource, { layout, ...place }: MadeStream): Promise<void> {
  if (layout === 'mapped-ram') await judgeSnapshot(source, place);
  else await readClassicStream(source, { async begin() {}, async pages() {} }, place);
}
