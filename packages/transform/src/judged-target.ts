import { openFileSource } from '@mapped-ram/reader/file';
import { canShareBlocks, checkFreeSpace, type FileTarget } from '@mapped-ram/writer/file';

/**
 * A file that has room before it is begun, and takes its name only if a QEMU would restore what was written: people delete the original then. Of a snapshot
 * headers and bitmaps are looked at, and no page is read again; a classic stream is read to its end.
 */
export function judgedTarget(target: FileTarget): FileTarget {
  return {
    name: target.name,
    partPath: target.partPath,
    async expect(lengthBytes, copiedFrom) {
      const isShared = copiedFrom !== undefined && (await canShareBlocks(copiedFrom, target.partPath));
      if (!isShared) await checkFreeSpace(target.partPath, lengthBytes);
    },
    write: (pieces) => target.write(pieces),
    discard: (byteOffset, lengthBytes) => target.discard(byteOffset, lengthBytes),
    resize: (sizeBytes) => target.resize(sizeBytes),
    flush: () => target.flush(),
    written: () => target.written(),
    abort: () => target.abort(),
    async commit(made) {
      if (made === undefined) throw new TypeError('what was written has to be said');
      // The disk and the judge need not wait for each other.
      const flushed = target.flush();
      flushed.catch(() => {});
      const { judgeSnapshot } = await import('@mapped-ram/lint');
      const source = await openFileSource(target.partPath);
      try {
        const { layout, ...place } = made;
        const mappedRam = layout === 'mapped-ram';
        await judgeSnapshot({ ...source, name: target.name }, { ...place, mappedRam });
      } finally {
        await source.close();
      }
      await flushed;
      await target.commit(made);
    },
  };
}
