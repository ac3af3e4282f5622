import { SparseImage } from '@mapped-ram/fixtures';
import type { Edit } from './edit.js';

/**
 * Carries out the edits on the image, in their order.
 *
 * @throws RangeError where an edit does not lie within what the edit before left.
 */
export function applyEdits(image: SparseImage, edits: readonly Edit[]): void {
  for (const edit of edits) applyEdit(image, edit);
}

function applyEdit(image: SparseImage, edit: Edit): void {
  switch (edit.op) {
    case 'patch':
      image.patch(edit.offset, fromHex(edit.hex));
      break;
    case 'insert':
      image.insert(edit.offset, fromHex(edit.hex));
      break;
    case 'insert-zeros':
      insertSparse(image, edit.offset, hole(edit.length));
      break;
    case 'copy':
      insertSparse(image, edit.to, part(image, edit.offset, edit.length));
      break;
    case 'remove':
      image.remove(edit.offset, edit.length);
      break;
    case 'zero':
      image.remove(edit.offset, edit.length);
      insertSparse(image, edit.offset, hole(edit.length));
      break;
    case 'truncate':
      if (edit.size > image.sizeBytes) throw new RangeError(`${edit.size} bytes are more than there are`);
      image.truncate(edit.size);
      break;
  }
}

/** Inserts an image with its holes; `SparseImage.insert` would keep zeros as data. */
function insertSparse(image: SparseImage, offset: number, inserted: SparseImage): void {
  const rest = part(image, offset, image.sizeBytes - offset);
  const sizeBytes = image.sizeBytes + inserted.sizeBytes;
  image.truncate(offset);
  place(image, offset, inserted);
  place(image, offset + inserted.sizeBytes, rest);
  image.truncate(sizeBytes);
}

function place(image: SparseImage, offset: number, piece: SparseImage): void {
  for (const { byteOffset, bytes } of piece.extents) image.patch(offset + byteOffset, bytes);
}

function part(image: SparseImage, offset: number, length: number): SparseImage {
  return image
    .clone()
    .truncate(offset + length)
    .remove(0, offset);
}

function hole(length: number): SparseImage {
  return new SparseImage('hole', length, []);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
