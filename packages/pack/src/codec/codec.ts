/** What packs and unpacks frames. All of them give the same contents; the bytes of a frame are a library's and version's own. */
export interface Codec {
  /** Which library, and its version where that is known: `libzstd 1.5.4`. */
  readonly name: string;
  /**
   * Makes one frame, with its contents' length and checksum in it.
   *
   * @param level 1 to 19.
   * @param target Room for {@link frameBound} bytes.
   * @returns Length of the frame.
   */
  compress(contents: Uint8Array, level: number, target: Uint8Array): number;
  /**
   * Takes the contents out of one frame, and holds them against their checksum.
   *
   * @param target Exactly as long as they are.
   * @throws MappedRamError `bad-packed-file`.
   */
  decompress(frame: Uint8Array, target: Uint8Array): void;
}

/** The lowest level that all codecs have. */
export const MIN_LEVEL = 1;
/** The highest level that all codecs have: libzstd's levels above it need more memory to unpack than readers give. */
export const MAX_LEVEL = 19;

/**
 * Room that a frame takes at most (ZSTD_COMPRESSBOUND, and a checksum), in bytes.
 *
 * @public
 */
export function frameBound(lengthBytes: number): number {
  const margin = lengthBytes < 128 * 1024 ? (128 * 1024 - lengthBytes) >> 11 : 0;
  return lengthBytes + (lengthBytes >> 8) + margin + 64;
}
