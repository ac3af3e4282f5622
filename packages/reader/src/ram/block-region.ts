import { isPageSize, MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import type { RamBlock } from '../model.js';

/** A block and the file that it lies in. */
export interface BlockInFile {
  readonly source: ByteSource;
  readonly block: RamBlock;
  /** `ram.blocks[2]`: how errors name it. */
  readonly path: string;
}

/**
 * Checks that the bitmap lies in the file, before anything is allocated for it.
 *
 * @throws MappedRamError `offset-outside-file`.
 */
export function checkBitmapRegion({ source, block, path }: BlockInFile): void {
  const { bitmapOffset, bitmapLengthBytes } = block;
  if (bitmapOffset + bitmapLengthBytes <= source.sizeBytes) return;
  throw new MappedRamError('offset-outside-file', {
    what: 'the bitmap does not lie in the file',
    byteOffset: bitmapOffset,
    path: `${path}.bitmapOffset`,
    expected: `an end at or before ${source.sizeBytes}`,
    actual: bitmapOffset + bitmapLengthBytes,
  });
}

/**
 * Checks that pages of this size can be read: in a snapshot that was opened whatever is wrong with it.
 *
 * @throws MappedRamError `bad-page-size`.
 */
export function checkPageSize({ block, path }: BlockInFile): void {
  if (isPageSize(block.pageSize)) return;
  throw new MappedRamError('bad-page-size', {
    byteOffset: block.headerOffset + 4,
    path: `${path}.pageSize`,
    actual: block.pageSize,
  });
}

/**
 * Reads pages whole, from the block's pages region.
 *
 * @throws MappedRamError `unexpected-end` where the file ends first, `read-failed`.
 */
export async function readPageBytes(
  { source, block, path }: BlockInFile,
  firstPage: number,
  target: Uint8Array,
): Promise<void> {
  const byteOffset = block.pagesOffset + firstPage * block.pageSize;
  const filled = await source.read(target, byteOffset, { bulk: true });
  if (filled === target.length) return;
  throw new MappedRamError('unexpected-end', {
    what: 'the file ends before the pages',
    byteOffset: byteOffset + filled,
    path: `${path}.pages[${firstPage + Math.floor(filled / block.pageSize)}]`,
    expected: `${target.length} bytes`,
    actual: `${filled} bytes`,
  });
}
