import { le, type PackedMutation } from './packed-mutation.js';
import { checksumOf, plainFrame, skippableFrame } from './zstd-frame.js';

/** Places in a lead, from the start of its contents (PACK-10). */
const LeadField = { checksum: 8, sizeBytes: 12, extentCount: 24, heldBytes: 28, extents: 32 } as const;
const EXTENT_BYTES = 16;

/** A lead that is made anew. */
export interface LeadChange {
  /** Changes what stands before the bytes that are held; the checksum is made to fit. */
  head?(head: Buffer): void;
  /** What is held, in place of what the file begins with. */
  readonly held?: Uint8Array;
}

/** The lead of the unmutated file, taken apart. */
export function leadParts(m: PackedMutation): { head: Buffer; frames: Buffer } {
  const body = m.frame(0).bytes.subarray(8);
  const headBytes = LeadField.extents + body.readUInt32LE(LeadField.extentCount) * EXTENT_BYTES;
  return { head: body.subarray(0, headBytes), frames: body.subarray(headBytes) };
}

/** Puts another lead in place of the file's. */
export function changeLead(m: PackedMutation, { head: change, held }: LeadChange): void {
  const parts = leadParts(m);
  const head = Buffer.from(parts.head);
  change?.(head);
  le(4, checksumOf(head.subarray(LeadField.sizeBytes))).copy(head, LeadField.checksum);
  const frames = held === undefined ? parts.frames : plainFrame(held);
  m.replaceFrame(0, { bytes: skippableFrame(0, Buffer.concat([head, frames])) });
}

/** Where a number stands in a lead's head. */
export const leadField = {
  ...LeadField,
  extent: (index: number, field: 'offset' | 'length'): number =>
    LeadField.extents + index * EXTENT_BYTES + (field === 'offset' ? 0 : 8),
};
