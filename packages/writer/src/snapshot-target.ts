import type { WordOrder } from '@mapped-ram/format';

/** Bytes and the place in the file where they go. */
export interface TargetPiece {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

/** What kind of stream was written, and where: what one has to know to read it again. */
export interface MadeStream {
  /** With pages in their places, or one after another. */
  readonly layout: 'mapped-ram' | 'classic';
  /** Where the stream starts in the file, in bytes; not given where a libvirt header says so. */
  readonly streamOffset?: number | undefined;
  /** Byte order of the bitmaps' words; little-endian if not given. */
  readonly wordOrder?: WordOrder | undefined;
}

/**
 * What the writer needs of a file that comes into being: bytes go to any place, in any order, and places that nothing
 * was written to read as zeros. The file is whole or absent: it is there when `commit` has returned, and until then
 * nothing is.
 */
export interface SnapshotTarget {
  /** What to call it in messages: a path or a label. */
  readonly name: string;
  /**
   * Told, before anything is written, how many bytes there will be beside holes, where that is known.
   *
   * @param copiedFrom The file that the kernel copies most of them from, if it does: they need no room where files share blocks.
   * @throws MappedRamError `write-failed` where there is no room for them.
   */
  expect?(lengthBytes: number, copiedFrom?: string): Promise<void>;
  /**
   * Writes pieces, in any order; several calls may be under way at once. The bytes must not change until it is done.
   *
   * @throws MappedRamError `write-failed`, with the system's error as its cause.
   */
  write(pieces: readonly TargetPiece[]): Promise<void>;
  /**
   * Makes bytes that were written read as zeros, and gives their space back where it can.
   *
   * @throws MappedRamError `write-failed`.
   */
  discard(byteOffset: number, lengthBytes: number): Promise<void>;
  /**
   * Makes the file durable, where that is wanted, and gives it its name. Nothing may be written afterwards.
   *
   * @param made The stream that was written, for a target that looks at it first.
   * @throws MappedRamError `write-failed`, `target-exists`; what speaks against it.
   */
  commit(made?: MadeStream): Promise<void>;
  /** Leaves nothing behind. After `commit`, or a second time, it does nothing. */
  abort(): Promise<void>;
}
