import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readZeroFilled } from '../read-part.js';
import { L1_ENTRY_BYTES, MAX_L1_BYTES, OFFSET_MASK, type Qcow2Header } from './header.js';
import { badImage, checkPlace } from './places.js';
import type { InternalSnapshot } from './snapshot-table.js';

/**
 * Reads the level 1 table of a snapshot, in which the VM state is behind the disk, or that of the disk as it is now. QEMU goes through all entries of both
 * when it loads the snapshot, and dies of one that has flags and no offset.
 *
 * @throws MappedRamError `bad-disk-image`, `limit-exceeded`, `read-failed`.
 */
export async function readL1(
  source: ByteSource,
  header: Qcow2Header,
  { l1Offset, l1Entries }: Pick<InternalSnapshot, 'l1Offset' | 'l1Entries'>,
): Promise<BigUint64Array> {
  const path = 'qcow2.l1';
  if (l1Entries * L1_ENTRY_BYTES > MAX_L1_BYTES) {
    throw new MappedRamError('limit-exceeded', {
      what: 'the level 1 table is too long',
      byteOffset: l1Offset,
      path,
      expected: `at most ${MAX_L1_BYTES / L1_ENTRY_BYTES} entries`,
      actual: l1Entries,
    });
  }
  checkPlace(l1Offset, header, path);
  const bytes = await readZeroFilled(source, l1Offset, l1Entries * L1_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  const entries = BigUint64Array.from({ length: l1Entries }, (_, index) =>
    view.getBigUint64(index * L1_ENTRY_BYTES),
  );
  for (const [index, entry] of entries.entries()) {
    if (entry === 0n) continue;
    const place = `${path}[${index}]`;
    const tableOffset = Number(entry & OFFSET_MASK);
    if (tableOffset === 0)
      throw badImage('an entry has flags and leads to no table', l1Offset + index * L1_ENTRY_BYTES, place);
    checkPlace(tableOffset, header, place);
  }
  return entries;
}
