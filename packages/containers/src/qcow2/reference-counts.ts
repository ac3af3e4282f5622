import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';

const ENTRY_BYTES = 8;

/** Where the table of the blocks with reference counts lies, in bytes. */
export interface ReferenceTable {
  readonly offset: number;
  readonly lengthBytes: number;
}

/**
 * Looks whether an image has its reference counts, which it loses where it is cut off. QEMU takes what is missing for zeros, so that everything
 * is free, and refuses its own write over the header when it loads a snapshot (QEMU 11.1, block/qcow2-refcount.c). The counts
 * themselves are not read: `qemu-img check` does that.
 *
 * @throws MappedRamError `bad-disk-image`, `read-failed`.
 */
export async function checkReferenceCounts(
  source: ByteSource,
  { offset, lengthBytes }: ReferenceTable,
): Promise<void> {
  const bytes = new Uint8Array(lengthBytes);
  await source.read(bytes, offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const block = view.getBigUint64(at);
    const isOfHeader = at === 0;
    if (block === 0n ? !isOfHeader : block < BigInt(source.sizeBytes)) continue;
    throw new MappedRamError('bad-disk-image', {
      what: 'the disk image has lost its reference counts, or a part of them: it may be cut off',
      byteOffset: offset + at,
      path: 'qcow2.references',
      actual: block,
    });
  }
}
