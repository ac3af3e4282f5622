import { type KaitaiStreamInstance, MappedRamError } from '@mapped-ram/format';
import type { SourceWindow } from '../window.js';

/** Finds the end of an iterable section's body by its own structure. Nothing but lengths and end marks is looked at. */
export type BodyGrammar = (window: SourceWindow, bodyOffset: number) => Promise<number>;

/** The iterable sections beside `ram` whose bodies the walk can follow, by idstr. */
export const iterableBodies: ReadonlyMap<string, BodyGrammar> = new Map([
  ['spapr/htab', readHashTable],
  ['s390-storage_attributes', readStorageAttributes],
  ['dirty-bitmap', readDirtyBitmaps],
]);

const HASH_ENTRY_BYTES = 16;

const AttributeFlag = { mask: 0xfff, eos: 0x01, more: 0x02, done: 0x08 } as const;

const DirtyBitmapFlag = {
  eos: 0x01,
  zeroes: 0x02,
  bitmapName: 0x04,
  deviceName: 0x08,
  start: 0x10,
  complete: 0x20,
  bits: 0x40,
} as const;

/** What follows a record: so many bytes to skip, and whether the body ends there. */
interface RecordEnd {
  readonly skipBytes: number;
  readonly isLast: boolean;
}

/** Reads records up to the last one. */
async function readRecords(
  window: SourceWindow,
  bodyOffset: number,
  readRecord: (io: KaitaiStreamInstance) => RecordEnd,
): Promise<number> {
  for (let position = bodyOffset; ; ) {
    const { value, endOffset } = await window.parse(position, readRecord);
    position = endOffset + value.skipBytes;
    if (position > window.sizeBytes) {
      throw new MappedRamError('unexpected-end', {
        byteOffset: endOffset,
        expected: `${value.skipBytes} bytes`,
        actual: `${window.sizeBytes - endOffset} bytes`,
      });
    }
    if (value.isLast) return position;
  }
}

/** The hash page table of a POWER guest (QEMU: hw/ppc/spapr.c, htab_load). */
async function readHashTable(window: SourceWindow, bodyOffset: number): Promise<number> {
  const { value: head, endOffset } = await window.parse(bodyOffset, (io) => io.readU4be());
  // Anything but 0 is the table's size, or that there is no table, and stands alone.
  if (head !== 0) return endOffset;
  return readRecords(window, endOffset, (io) => {
    const index = io.readU4be();
    const valid = io.readU2be();
    const invalid = io.readU2be();
    return { skipBytes: valid * HASH_ENTRY_BYTES, isLast: index === 0 && valid === 0 && invalid === 0 };
  });
}

/** An s390x guest's storage attributes (QEMU: hw/s390x/s390-stattrib.c, cmma_load). */
function readStorageAttributes(window: SourceWindow, bodyOffset: number): Promise<number> {
  return readRecords(window, bodyOffset, (io) => {
    io.readU4be();
    const flags = io.readU4be() & AttributeFlag.mask;
    if (flags === AttributeFlag.eos || flags === AttributeFlag.done) {
      return { skipBytes: 0, isLast: flags === AttributeFlag.eos };
    }
    if (flags === AttributeFlag.more) return { skipBytes: io.readU8be(), isLast: false };
    throw new MappedRamError('device-state-mismatch', {
      what: 'unknown flags in the storage attributes',
      byteOffset: bodyOffset,
      actual: flags,
    });
  });
}

/** Dirty bitmaps of block devices (QEMU: migration/block-dirty-bitmap.c, dirty_bitmap_load). */
function readDirtyBitmaps(window: SourceWindow, bodyOffset: number): Promise<number> {
  return readRecords(window, bodyOffset, (io) => {
    const flags = readDirtyBitmapFlags(io);
    if ((flags & DirtyBitmapFlag.deviceName) !== 0) io.readBytes(io.readU1());
    if ((flags & DirtyBitmapFlag.bitmapName) !== 0) io.readBytes(io.readU1());
    const isLast = (flags & DirtyBitmapFlag.eos) !== 0;
    if ((flags & DirtyBitmapFlag.start) !== 0) {
      io.readBytes(5); // granularity, flags
    } else if ((flags & DirtyBitmapFlag.complete) === 0 && (flags & DirtyBitmapFlag.bits) !== 0) {
      io.readBytes(12); // first sector, number of sectors
      if ((flags & DirtyBitmapFlag.zeroes) === 0) return { skipBytes: io.readU8be(), isLast };
    }
    return { skipBytes: 0, isLast };
  });
}

/** One, two or four bytes: the highest bit of the first and second says that there are more. */
function readDirtyBitmapFlags(io: KaitaiStreamInstance): number {
  const first = io.readU1();
  if (first < 0x80) return first;
  const second = io.readU1();
  return second < 0x80 ? second : io.readU2be();
}
