import { JsonStore } from '../store/json-store.js';
import type { Vector } from './vector.js';

/** The vectors on disk: `vectors/<area>/<slug>.json`. */
export const vectorStore = new JsonStore<Vector>(
  new URL('../../vectors', import.meta.url),
  '',
  (vector) => `${JSON.stringify(vector, null, 2)}\n`,
);

/** The ids of all vectors on disk, sorted. */
export const listVectors = (): string[] => vectorStore.list();

/** Reads a vector; undefined where there is none of this id. */
export const readVector = (id: string): Vector | undefined => vectorStore.read(id);

/** Reads all vectors, sorted by id. */
export const readVectors = (): Vector[] => vectorStore.readAll();
