import type { RamBlock } from '@mapped-ram/reader';

/** Whether a block's bitmap can be read whole. */
export function bitmapIsInside(
  { bitmapOffset, bitmapLengthBytes }: RamBlock,
  fileSizeBytes: number,
): boolean {
  return bitmapOffset + bitmapLengthBytes <= fileSizeBytes;
}
