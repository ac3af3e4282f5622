import type { SparseImage } from '@mapped-ram/fixtures';
import type { Places } from '../builder/places.js';
import type { PlannedEdit } from './edited-copy.js';
import type { Random } from './random.js';

/** A good file that is to be damaged. */
export interface Intact {
  readonly image: SparseImage;
  readonly places: Places;
}

/** One way to damage a file. */
export interface Mutator {
  readonly name: string;
  /** How often it is taken, against the others. */
  readonly weight: number;
  /** Undefined where this file has no place for it. */
  plan(intact: Intact, random: Random): readonly PlannedEdit[] | undefined;
}

export function patch(offset: number, bytes: Uint8Array): PlannedEdit {
  return { op: 'patch', offset, hex: Buffer.from(bytes).toString('hex') };
}

export function insert(offset: number, bytes: Uint8Array): PlannedEdit {
  return { op: 'insert', offset, hex: Buffer.from(bytes).toString('hex') };
}

/** Takes away what lies in `[offset, end)`. */
export function remove(offset: number, end: number): PlannedEdit {
  return { op: 'remove', offset, length: end - offset };
}

/** The bytes of `[offset, end)`. */
export function bytesOf({ image }: Intact, offset: number, end: number): Uint8Array {
  return image.bytes(offset, end - offset);
}
