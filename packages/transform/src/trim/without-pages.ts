import { bitmapLengthBytes, withLittleEndianWords } from '@mapped-ram/format';
import type { ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';

/** Pages by block: a bit a page, in little-endian 64-bit words. */
export interface BlockPages {
  readonly blocks: readonly RamBlock[];
  bits(block: RamBlock): Uint8Array | undefined;
}

/**
 * A snapshot's file as it would be without some pages: their bits read as clear. What lies in their place is not touched, and does not count
 * any more.
 *
 * @param snapshot Of the same file.
 */
export function withoutPages(source: ByteSource, snapshot: Snapshot, pages: BlockPages): ByteSource {
  const masks = pages.blocks.map((block) => {
    const bits = pages.bits(block) ?? new Uint8Array(bitmapLengthBytes(block.pageCount));
    return { start: block.bitmapOffset, bits: withLittleEndianWords(bits, snapshot.wordOrder) };
  });
  const { name, sizeBytes, allocatedBytes, dataExtents } = source;
  return {
    name,
    sizeBytes,
    ...(allocatedBytes !== undefined && { allocatedBytes }),
    ...(dataExtents !== undefined && { dataExtents: (from, to) => dataExtents(from, to) }),
    async read(target, byteOffset) {
      const filled = await source.read(target, byteOffset);
      for (const { start, bits } of masks) {
        const from = Math.max(byteOffset, start);
        const to = Math.min(byteOffset + filled, start + bits.length);
        for (let at = from; at < to; at++) {
          const index = at - byteOffset;
          target[index] = (target[index] as number) & ~(bits[at - start] as number);
        }
      }
      return filled;
    },
    close: () => source.close(),
  };
}
