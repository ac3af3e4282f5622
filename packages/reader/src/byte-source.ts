/** Consecutive bytes of a source. */
export interface Extent {
  readonly byteOffset: number;
  readonly lengthBytes: number;
}

/** How a source is to be read. */
export interface ReadOptions {
  /** Nobody waits for the bytes after it is aborted: a source that can end the read does so. Those that cannot may ignore it. */
  readonly signal?: AbortSignal | undefined;
  /** What lies around is not wanted: pages, which are read once and in large pieces. A cache neither keeps it nor reads ahead. */
  readonly bulk?: boolean | undefined;
}

/**
 * What the reader needs of a file: its size, and bytes at an offset. Everything that can be read at an offset
 * (a file, memory, a Blob, a range server) can be a source.
 */
export interface ByteSource {
  /** What to call it in messages: a path or a label. */
  readonly name: string;
  /** Size in bytes, fixed when the source is opened. */
  readonly sizeBytes: number;
  /** Bytes that the source occupies on disk, where it knows; holes do not count. */
  readonly allocatedBytes?: number;
  /** Where a read costs much however short it is: bytes of pages that are best read at once. */
  readonly preferredReadBytes?: number;
  /**
   * It is the VM state in a disk image, of an internal snapshot: QEMU loads it from there, and what older snapshots left may lie under
   * clear bits.
   */
  readonly isVmState?: boolean;
  /** Of the VM state in a disk image: how many dirty bitmaps the disk has. QEMU loads no snapshot into a disk that has one. */
  readonly dirtyBitmaps?: number;
  /**
   * Where the source knows its holes: the stretches between two offsets that are none, in ascending order; none past its end.
   * They may hold zeros all the same.
   */
  readonly dataExtents?: (fromOffset: number, toOffset: number) => Iterable<Extent>;
  /**
   * Fills `target` from `byteOffset`. Returns the number of bytes read, which is less than `target.length` only
   * where the source ends. Several reads may be under way at once.
   *
   * @throws MappedRamError `read-failed`, with the system's error as its cause; the signal's reason.
   */
  read(target: Uint8Array, byteOffset: number, options?: ReadOptions): Promise<number>;
  /** Frees what the source holds. Reading afterwards is an error. */
  close(): Promise<void>;
}

/** The stretches of a source between two offsets that may hold anything but zeros. */
export function extentsOf(source: ByteSource, fromOffset: number, toOffset: number): Iterable<Extent> {
  const end = Math.min(toOffset, source.sizeBytes);
  if (end <= fromOffset) return [];
  return source.dataExtents?.(fromOffset, end) ?? [{ byteOffset: fromOffset, lengthBytes: end - fromOffset }];
}
