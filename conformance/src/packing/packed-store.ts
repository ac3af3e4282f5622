import { readFileSync } from 'node:fs';
import { SparseImage } from '@mapped-ram/fixtures';
import { JsonStore } from '../store/json-store.js';
import { applyEdits } from '../vector/apply-edits.js';
import type { PackedVector } from './packed-vector.js';

const FOLDER = new URL('../../packed/', import.meta.url);

/** The packed files on disk: `packed/<slug>.json`. */
export const packedStore = new JsonStore<PackedVector>(
  FOLDER,
  'packed/',
  (vector) => `${JSON.stringify(vector, null, 2)}\n`,
);

/** The ids of all packed files on disk, sorted. */
export const listPackedVectors = (): string[] => packedStore.list();

/** Reads all packed files' descriptions, sorted by id. */
export const readPackedVectors = (): PackedVector[] => packedStore.readAll();

/** The packed file that others are made of, as `mr pack` wrote it. */
export function packedBase(name: string): Buffer {
  return readFileSync(new URL(name, FOLDER));
}

/**
 * Makes the vector's file in memory: the base with the edits.
 *
 * @throws Error where it is not the file that the vector describes.
 */
export function buildPackedImage(vector: PackedVector): SparseImage {
  const image = imageOf(packedBase(vector.base));
  applyEdits(image, vector.edits);
  if (image.sizeBytes !== vector.file.sizeBytes || image.sha256() !== vector.file.sha256) {
    throw new Error(
      `${vector.id}: the edits do not give the file that the vector describes; generate it again`,
    );
  }
  return image;
}

/** A file in memory that can be edited. */
export function imageOf(bytes: Uint8Array): SparseImage {
  return new SparseImage('packed', bytes.length, [{ byteOffset: 0, bytes }]);
}
