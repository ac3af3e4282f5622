import { createHash } from 'node:crypto';
import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { readContents } from '../vector/contents.js';
import type { PackedDefinition } from './define.js';
import { PackedMutation } from './packed-mutation.js';
import { packedBase } from './packed-store.js';
import type { PackedVector } from './packed-vector.js';

/** The capture that is in every packed file. */
export const PACKED_CAPTURE = 'qemu-10.0/none';

let capture: Promise<SparseImage> | undefined;

/** Makes a packed file from its definition. */
export async function generatePacked(definition: PackedDefinition): Promise<PackedVector> {
  const { id, what, why, clauses, base, outcome, verdict, rules = [] } = definition;
  capture ??= loadCapture(PACKED_CAPTURE);
  const mutation = new PackedMutation(packedBase(base), await capture);
  definition.mutate(mutation);
  const { image, edits, packed } = mutation;
  return {
    ...{ $schema: '../schema/packed-vector.schema.json', id, what, why, clauses, base, edits },
    file: { sizeBytes: image.sizeBytes, sha256: image.sha256() },
    expected: {
      outcome,
      ...(outcome === 'accepted' && {
        unpacked: { sizeBytes: packed.sizeBytes, sha256: sha256Of(packed) },
        blocks: await readContents(packed),
        verdict: verdict ?? 'restores',
        rules,
      }),
    },
  };
}

function sha256Of(image: SparseImage): string {
  return createHash('sha256').update(image.bytes(0, image.sizeBytes)).digest('hex');
}
