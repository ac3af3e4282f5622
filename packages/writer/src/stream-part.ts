import type { ByteSource } from '@mapped-ram/reader';

/** Bytes of another file, to be copied as they are. */
export interface CopiedPart {
  readonly source: ByteSource;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A part of a file that is to be written: given bytes, or a copy. */
export type StreamPart = Uint8Array | CopiedPart;

/** Length of parts together, in bytes. */
export function partsLengthBytes(parts: readonly StreamPart[]): number {
  return parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : part.byteLength), 0);
}
