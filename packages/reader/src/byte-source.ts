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
  /**
   * Fills `target` from `byteOffset`. Returns the number of bytes read, which is less than `target.length` only
   * where the source ends. Several reads may be under way at once.
   *
   * @throws MappedRamError `read-failed`, with the system's error as its cause.
   */
  read(target: Uint8Array, byteOffset: number): Promise<number>;
  /** Frees what the source holds. Reading afterwards is an error. */
  close(): Promise<void>;
}
