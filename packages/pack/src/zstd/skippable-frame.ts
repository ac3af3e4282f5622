import { MappedRamError } from '@mapped-ram/format';

/** Skippable frames have one of sixteen magic numbers from this one on (RFC 8878, 3.1.2). */
export const SKIPPABLE_MAGIC = 0x184d2a50;

/** The magic number and the 32-bit length of what follows. */
export const SKIPPABLE_HEADER_BYTES = 8;

/** Whether bytes begin as a skippable frame does, of whichever of the sixteen kinds. */
export function isSkippable(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && (viewOf(bytes).getUint32(0, true) & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC;
}

/**
 * Puts contents into a skippable frame, which every zstd decoder passes over.
 *
 * @param kind 0 to 15: which of the magic numbers.
 * @throws MappedRamError `limit-exceeded` where the contents are 4 GiB or more.
 */
export function skippableFrame(kind: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const lengthBytes = contents.reduce((sum, { length }) => sum + length, 0);
  if (lengthBytes > 0xffffffff) {
    throw new MappedRamError('limit-exceeded', {
      what: 'too much for a skippable frame',
      actual: lengthBytes,
    });
  }
  const frame = new Uint8Array(SKIPPABLE_HEADER_BYTES + lengthBytes);
  const view = viewOf(frame);
  view.setUint32(0, SKIPPABLE_MAGIC + kind, true);
  view.setUint32(4, lengthBytes, true);
  let at = SKIPPABLE_HEADER_BYTES;
  for (const bytes of contents) {
    frame.set(bytes, at);
    at += bytes.length;
  }
  return frame;
}

/** A view of all of some bytes. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
