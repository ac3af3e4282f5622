import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readPart } from '../read-part.js';
import { skippableFrame } from '../zstd/skippable-frame.js';

/** `mr delta` and the version of the difference (DELTA-2), in a skippable frame of kind 0. */
export const deltaMark = skippableFrame(0, new TextEncoder().encode('MRDELTA\x01'));

/** Whether a source is a difference. */
export async function isDelta(source: ByteSource): Promise<boolean> {
  const head = await readPart(source, 0, Math.min(deltaMark.length, source.sizeBytes));
  return head.length === deltaMark.length && deltaMark.every((byte, index) => head[index] === byte);
}

/**
 * What comes out of a difference's frames is not what was saved.
 *
 * @throws MappedRamError `unsupported` where a source is one; `read-failed`.
 */
export async function expectNoDelta(source: ByteSource): Promise<void> {
  if (!(await isDelta(source))) return;
  const what = 'this is a difference, and no snapshot: mr apply BASE DELTA OUT makes the snapshot of it';
  throw new MappedRamError('unsupported', { what, byteOffset: 0 });
}
