import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Vector } from './vector.js';

const VECTORS_PATH = fileURLToPath(new URL('../../vectors', import.meta.url));

/** The ids of all vectors on disk, sorted. */
export function listVectors(): string[] {
  return readdirSync(VECTORS_PATH, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => path.slice(0, -'.json'.length))
    .sort();
}

/** Reads a vector; undefined where there is none of this id. */
export function readVector(id: string): Vector | undefined {
  const path = pathOf(id);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Vector) : undefined;
}

/** Reads all vectors, sorted by id. */
export function readVectors(): Vector[] {
  return listVectors().map((id) => readVector(id) as Vector);
}

/** Writes a vector in place of the one of the same id. */
export function writeVector(vector: Vector): void {
  const path = pathOf(vector.id);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatVector(vector));
}

/** Removes a vector that nothing generates any more. */
export function removeVector(id: string): void {
  rmSync(pathOf(id));
}

/** The text of a vector's file. The same vector always gives the same text. */
export function formatVector(vector: Vector): string {
  return `${JSON.stringify(vector, null, 2)}\n`;
}

function pathOf(id: string): string {
  return join(VECTORS_PATH, `${id}.json`);
}
