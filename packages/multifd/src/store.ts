/** A place as one channel has it open. Calls block until all bytes are moved. */
export interface Store {
  /**
   * Fills all of `target`.
   *
   * @throws MappedRamError `read-failed`, `short-read`, `unexpected-end`.
   */
  read(target: Uint8Array, byteOffset: number): void;
  /**
   * Writes all of `bytes`.
   *
   * @throws MappedRamError `write-failed`.
   */
  write(bytes: Uint8Array, byteOffset: number): void;
  /** Does several writes without another thread's in between, where that is quicker. @throws What `act` throws. */
  together(act: () => void): void;
  /** Closes what it has open. The descriptors of a thread end with it also without. */
  close(): void;
}
