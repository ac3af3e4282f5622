import { SparseImage } from '@mapped-ram/fixtures';
import type { TaskBlock } from './writing-task.js';

/** A block's memory, all of it, with holes where it is zeros. Nothing where it is not in the file. */
export function blockMemory({ id, usedLength, ignored, memory }: TaskBlock, base: SparseImage): SparseImage {
  const extents = memory.map((piece) => ({
    byteOffset: piece.offset,
    bytes:
      'fill' in piece
        ? new Uint8Array(piece.lengthBytes).fill(Number.parseInt(piece.fill, 16))
        : base.bytes(piece.baseOffset, piece.lengthBytes),
  }));
  return new SparseImage(id, ignored === true ? 0 : usedLength, extents);
}
