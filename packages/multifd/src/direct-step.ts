/**
 * What offset, length and memory address have to be multiples of. Disks ask for 512 or 4096; the latter satisfies both, and
 * every page of QEMU's larger targets.
 */
export const DIRECT_ALIGNMENT_BYTES = 4096;

/** The next part of a transfer. */
export interface TransferStep {
  readonly lengthBytes: number;
  /** Whether it can go past the page cache. */
  readonly direct: boolean;
}

/**
 * Cuts a transfer so that its aligned middle can go past the page cache, and its head and tail through it.
 *
 * @param address Of the first byte, in memory. Where it lies otherwise than the offset in the file, nothing can be direct.
 * @param lengthBytes What is left to move.
 */
export function nextStep(address: number, byteOffset: number, lengthBytes: number): TransferStep {
  const beyond = byteOffset % DIRECT_ALIGNMENT_BYTES;
  if (address % DIRECT_ALIGNMENT_BYTES !== beyond) return { lengthBytes, direct: false };
  if (beyond !== 0)
    return { lengthBytes: Math.min(lengthBytes, DIRECT_ALIGNMENT_BYTES - beyond), direct: false };
  const middle = lengthBytes - (lengthBytes % DIRECT_ALIGNMENT_BYTES);
  return middle > 0 ? { lengthBytes: middle, direct: true } : { lengthBytes, direct: false };
}
