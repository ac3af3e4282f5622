import type { WasmMemory } from '@mapped-ram/format';
import { Limits } from '@mapped-ram/format/limits';
import { pageScannerLengthBytes } from '@mapped-ram/format/zero-page';
import { MEMORY_UNIT_BYTES } from './shared-memory.js';

/**
 * Bytes that a channel moves at once, as in QEMU: 128 pages of 4 KiB (QEMU 9.0 to 11.1, migration/multifd.h,
 * `MULTIFD_PACKET_SIZE`). It also measured best for reading: what was read is still in the processor's cache when it is
 * searched for zeros or written.
 */
export const PIECE_BYTES = 512 * 1024;

/** Bytes that a channel reads at once where pages are only looked at: of most, the first bytes say that they are not zero. */
export const READ_PIECE_BYTES = 2 * 1024 * 1024;

/** Bytes that a channel reads at once to where they belong in memory. Of more, the memory that the kernel has cleared leaves the processor's cache before it is filled. */
export const STRAIGHT_PIECE_BYTES = 1024 * 1024;

/**
 * Bytes that a channel moves into a file at once: read, and then written while the others read. They take turns, and this long a turn that
 * a thread is woken for it seldom.
 */
export const WRITTEN_PIECE_BYTES = 2 * 1024 * 1024;

/** Bytes of one write. For a longer one the kernel looks for as much memory in one piece, which takes longer than several writes when memory is in use. */
export const WRITTEN_AT_ONCE_BYTES = 256 * 1024;

/** Bytes of a file that are held against those of another at once: both pieces are in the processor's cache then. */
export const COMPARED_PIECE_BYTES = 512 * 1024;

/** Bytes of guest memory in a batch, at most: enough that handing one over costs nothing beside moving it. */
export const BATCH_BYTES = 16 * 1024 * 1024;

/**
 * Bytes of a batch that is written to a file. What all channels write is then close together, so that the file system
 * lays it down together. Where the kernel copies it, it is one turn.
 */
export const WRITTEN_BATCH_BYTES = 8 * 1024 * 1024;

/** Batches that a channel has at a time: one that it moves, and the next one. */
export const SLOTS_PER_CHANNEL = 2;

/** The longest piece, and room to lay it down so that it is aligned in memory as it is in the file. */
export const BUFFER_BYTES = WRITTEN_PIECE_BYTES + Limits.maxPageSizeBytes;

/** A bit for each page of a batch, were its pages the smallest that there are. */
const SLOT_BITS_BYTES = BATCH_BYTES / Limits.minPageSizeBytes / 8;

const SCANNER_BYTES = pageScannerLengthBytes(Limits.minPageSizeBytes, BUFFER_BYTES);

/** Memory of one channel: the page scanner's buffer and result, and the bits of its slots. */
export const CHANNEL_MEMORY_BYTES =
  Math.ceil((SCANNER_BYTES + SLOTS_PER_CHANNEL * SLOT_BITS_BYTES) / MEMORY_UNIT_BYTES) * MEMORY_UNIT_BYTES;

/** Where a channel's part of the shared memory starts; its buffer comes first. */
export function channelMemoryOffset(channel: number): number {
  return channel * CHANNEL_MEMORY_BYTES;
}

/**
 * The bits of a slot: page `i` of the batch is bit `i & 7` of byte `i >> 3`. Who hands the batch over sets those of the pages that
 * are wanted; when it is done, those of the pages that were moved are left.
 */
export function slotBits(memory: WasmMemory, channel: number, slot: number): Uint8Array {
  const byteOffset = channelMemoryOffset(channel) + SCANNER_BYTES + slot * SLOT_BITS_BYTES;
  return new Uint8Array(memory.buffer, byteOffset, SLOT_BITS_BYTES);
}
