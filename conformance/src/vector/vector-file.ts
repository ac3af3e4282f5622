import { open } from 'node:fs/promises';
import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { applyEdits } from './apply-edits.js';
import type { Vector } from './vector.js';

/**
 * Makes the vector's file in memory: the base with the edits.
 *
 * @throws Error where it is not the file that the vector describes.
 */
export async function buildVectorImage(vector: Vector): Promise<SparseImage> {
  const image = await loadCapture(vector.base);
  applyEdits(image, vector.edits);
  if (image.sizeBytes !== vector.file.sizeBytes || image.sha256() !== vector.file.sha256) {
    throw new Error(
      `${vector.id}: the edits do not give the file that the vector describes; generate it again`,
    );
  }
  return image;
}

/** Writes a file with its holes, or without any where the vector says so. */
export async function writeImage(image: SparseImage, path: string, storage?: 'dense'): Promise<void> {
  await image.writeTo(path);
  if (storage === 'dense') await fillHoles(path);
}

/** Writes every byte of the file anew, as a copy by a tool that knows no holes does. */
async function fillHoles(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const chunk = Buffer.alloc(1024 * 1024);
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) break;
      await file.write(chunk, 0, bytesRead, at);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
