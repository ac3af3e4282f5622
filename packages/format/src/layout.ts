/** The first four bytes of a stream, "QEVM" read as a big-endian word. */
export const STREAM_MAGIC = 0x5145564d;

/** The only stream version that QEMU still loads. */
export const STREAM_VERSION = 3;

/** The stream version that QEMU refuses as obsolete rather than as unknown. */
export const OBSOLETE_STREAM_VERSION = 2;

/** The byte that says what comes next in the stream. Mirrors `QEMU_VM_*` (migration/savevm.h). */
export const SectionType = {
  eof: 0x00,
  start: 0x01,
  part: 0x02,
  end: 0x03,
  full: 0x04,
  subsection: 0x05,
  vmdescription: 0x06,
  configuration: 0x07,
  command: 0x08,
  footer: 0x7e,
} as const;

/** A footer: the byte 0x7e and the section's id. */
export const SECTION_FOOTER_LENGTH_BYTES = 5;

/** The idstr and the only loadable version of the section that holds guest memory. */
export const RAM_SECTION_IDSTR = 'ram';
/** The highest version of the ram section that QEMU loads; mapped-ram needs exactly this one. */
export const RAM_SECTION_VERSION = 4;
/** Length of a word (address and flags) in the ram section. */
export const RAM_WORD_LENGTH_BYTES = 8;

/** A command's name and the length that its data must have; undefined where any length will do. */
export interface CommandInfo {
  readonly name: string;
  readonly lengthBytes: number | undefined;
}

/** The commands by number. Mirrors `mig_cmd_args` (QEMU 9.0 to 11.1, migration/savevm.c). */
export const commands: ReadonlyMap<number, CommandInfo> = new Map([
  [1, { name: 'OPEN_RETURN_PATH', lengthBytes: 0 }],
  [2, { name: 'PING', lengthBytes: 4 }],
  [3, { name: 'POSTCOPY_ADVISE', lengthBytes: undefined }],
  [4, { name: 'POSTCOPY_LISTEN', lengthBytes: 0 }],
  [5, { name: 'POSTCOPY_RUN', lengthBytes: 0 }],
  [6, { name: 'POSTCOPY_RAM_DISCARD', lengthBytes: undefined }],
  [7, { name: 'PACKAGED', lengthBytes: 4 }],
  [8, { name: 'ENABLE_COLO', lengthBytes: 0 }],
  [9, { name: 'POSTCOPY_RESUME', lengthBytes: 0 }],
  [10, { name: 'RECV_BITMAP', lengthBytes: undefined }],
  [11, { name: 'SWITCHOVER_START', lengthBytes: 0 }],
]);

/** The capability that makes a stream a mapped-ram one. */
export const MAPPED_RAM_CAPABILITY = 'mapped-ram';
/** The capability that adds a guest-physical address to every block entry. */
export const IGNORE_SHARED_CAPABILITY = 'x-ignore-shared';

/** Length of the mapped-ram header that follows each block's entry. */
export const MAPPED_RAM_HEADER_LENGTH_BYTES = 28;
/** The version of the mapped-ram header that QEMU writes, and the highest that it loads. */
export const MAPPED_RAM_HEADER_VERSION = 1;
/** QEMU starts every pages region at a multiple of this. A reader may not insist on it. */
export const PAGES_ALIGNMENT_BYTES = 0x100000;

/** One block's mapped-ram header. Both offsets are bytes from the start of the file, not of the stream. */
export interface MappedRamHeader {
  readonly version: number;
  /** The page size of the source's target, in bytes. */
  readonly pageSize: number;
  readonly bitmapOffset: number;
  readonly pagesOffset: number;
}

/** Bits in a word of the bitmap, and the unit in which its length is rounded. */
const BITMAP_WORD_BITS = 64;

/**
 * Pages in a block.
 *
 * @param usedLength Length of the block, in bytes.
 * @param pageSize In bytes; not 0.
 * @returns The number of whole pages, as `ram_save_setup` and `parse_ramblock_mapped_ram` count them.
 */
export function pageCount(usedLength: number, pageSize: number): number {
  return Math.floor(usedLength / pageSize);
}

/**
 * Bytes in the bitmap of so many pages: whole words of the saving host's `long`, taken to have 64 bits. (With 32 bits,
 * half a word less may be there; no such file was seen.)
 */
export function bitmapLengthBytes(pages: number): number {
  return Math.ceil(pages / BITMAP_WORD_BITS) * (BITMAP_WORD_BITS / 8);
}

/** Where a block's bitmap and pages lie, in bytes from the start of the file. */
export interface BlockPlan {
  readonly bitmapOffset: number;
  readonly bitmapLengthBytes: number;
  readonly pagesOffset: number;
  /** Where the next block's entry starts. */
  readonly endOffset: number;
}

/**
 * Where QEMU puts a block's bitmap and pages. Mirrors `mapped_ram_setup_ramblock` (QEMU 9.0 to 11.1,
 * migration/ram.c).
 *
 * @param headerOffset Where the block's mapped-ram header starts, in bytes from the start of the file.
 * @param usedLength Length of the block, in bytes.
 * @param pageSize In bytes.
 */
export function planBlock(headerOffset: number, usedLength: number, pageSize: number): BlockPlan {
  const bitmapOffset = headerOffset + MAPPED_RAM_HEADER_LENGTH_BYTES;
  const length = bitmapLengthBytes(pageCount(usedLength, pageSize));
  const pagesOffset = Math.ceil((bitmapOffset + length) / PAGES_ALIGNMENT_BYTES) * PAGES_ALIGNMENT_BYTES;
  return { bitmapOffset, bitmapLengthBytes: length, pagesOffset, endOffset: pagesOffset + usedLength };
}
