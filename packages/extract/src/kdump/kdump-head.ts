import { NumberWriter } from '../elf/elf-note.js';

const SIGNATURE = new TextEncoder().encode('KDUMP   ');
const VERSION = 6;
const UTS_STRINGS = 6;
const UTS_STRING_BYTES = 65;
const TIMESTAMP_BYTES = 22;
const MAX_U32 = 2 ** 32 - 1;

/** Kinds of pages that are left out, as makedumpfile numbers them: zero pages, of which QEMU's own files say so too, and free ones. */
const LEVEL_ZERO = 1;
const LEVEL_FREE = 16;

/** Bytes of the header behind the file's first block. */
const SUB_HEADER_BYTES = 104;

/** Of a page: where it is, its length, how it is compressed, its flags. */
export const DESCRIPTOR_BYTES = 24;

/** What the headers of a kdump file say. */
export interface KdumpHead {
  readonly littleEndian: boolean;
  /** Bytes of a page, and of a block of the file. */
  readonly pageSize: number;
  /** The guest's `struct new_utsname`: six strings of 65 bytes. */
  readonly utsname: Uint8Array;
  /** The codec's mark. */
  readonly compressionFlag: number;
  readonly processors: number;
  /** Pages up to the end of memory, whether they are there or not. */
  readonly frames: number;
  readonly physBase: bigint;
  /** Whether free pages are left out. */
  readonly leavesOutFree: boolean;
  /** Encoded. */
  readonly notes: Uint8Array;
  /** Where in `notes` VMCOREINFO's text is; undefined where there is none. */
  readonly vmcoreinfo: { readonly offset: number; readonly lengthBytes: number } | undefined;
}

/** Where in the file what is. */
export interface KdumpPlaces {
  /** One bit a page: those that are memory; and behind it those that are in the file. */
  readonly memoryBitmap: number;
  readonly fileBitmap: number;
  readonly descriptors: number;
}

/** The head's bytes, up to the bitmaps, and where the rest is (makedumpfile: diskdump_mod.h; QEMU: dump/dump.c, `create_header64`). */
export function kdumpHead(head: KdumpHead): { readonly bytes: Uint8Array; readonly places: KdumpPlaces } {
  const { littleEndian, pageSize, notes, vmcoreinfo, frames } = head;
  const toBlocks = (lengthBytes: number) => Math.ceil(lengthBytes / pageSize);
  const notesOffset = pageSize + SUB_HEADER_BYTES;
  const subHeaderBlocks = toBlocks(SUB_HEADER_BYTES + notes.length);
  const bitmapBlocks = toBlocks(frames / 8);
  const memoryBitmap = (1 + subHeaderBlocks) * pageSize;
  const fileBitmap = memoryBitmap + bitmapBlocks * pageSize;

  const writer = new NumberWriter({ littleEndian });
  writer.bytes(SIGNATURE).u32(VERSION).bytes(head.utsname).zeros(TIMESTAMP_BYTES);
  writer.u32(head.compressionFlag, pageSize, subHeaderBlocks, 2 * bitmapBlocks, Math.min(frames, MAX_U32));
  writer.u32(0, 0, 0, 0, head.processors);
  const written = SIGNATURE.length + 4 + UTS_STRINGS * UTS_STRING_BYTES + TIMESTAMP_BYTES + 10 * 4;
  writer.zeros(pageSize - written);

  const level = LEVEL_ZERO | (head.leavesOutFree ? LEVEL_FREE : 0);
  writer.u64(head.physBase).u32(level, 0).u64(0, 0);
  writer.u64(vmcoreinfo === undefined ? 0 : notesOffset + vmcoreinfo.offset, vmcoreinfo?.lengthBytes ?? 0);
  writer.u64(notesOffset, notes.length, 0, 0, 0, 0, frames).bytes(notes);
  return {
    bytes: writer.build(),
    places: { memoryBitmap, fileBitmap, descriptors: fileBitmap + bitmapBlocks * pageSize },
  };
}

/** A `struct new_utsname` of which no more is known than what machine it is. */
export function utsnameOf(machine: string): Uint8Array {
  const bytes = new Uint8Array(UTS_STRINGS * UTS_STRING_BYTES);
  bytes.set(new TextEncoder().encode(machine), 4 * UTS_STRING_BYTES);
  return bytes;
}
