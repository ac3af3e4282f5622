import { type ByteSource, extentsOf } from '../byte-source.js';
import type { ByteSpan } from '../model.js';

/** A source that remembers what was read through it. */
export interface CountingSource extends ByteSource {
  /** Number of reads so far. */
  readonly reads: number;
  /** Bytes that they returned. */
  readonly bytesRead: number;
  /** What they asked for and got, in order. */
  readonly spans: readonly ByteSpan[];
  /** Whether any read so far touched bytes `byteOffset` .. `byteOffset + byteLength`. */
  touched(byteOffset: number, byteLength: number): boolean;
}

/**
 * Counts the reads of another source, so that the cost of an operation can be tested. It keeps a note for every read:
 * meant for tests and measurements.
 */
export function countingSource(source: ByteSource): CountingSource {
  const spans: ByteSpan[] = [];
  let bytesRead = 0;
  return {
    name: source.name,
    sizeBytes: source.sizeBytes,
    ...(source.allocatedBytes !== undefined && { allocatedBytes: source.allocatedBytes }),
    ...(source.preferredReadBytes !== undefined && { preferredReadBytes: source.preferredReadBytes }),
    ...(source.isVmState !== undefined && { isVmState: source.isVmState }),
    ...(source.dirtyBitmaps !== undefined && { dirtyBitmaps: source.dirtyBitmaps }),
    ...(source.dataExtents !== undefined && {
      dataExtents: (from: number, to: number) => extentsOf(source, from, to),
    }),
    get reads() {
      return spans.length;
    },
    get bytesRead() {
      return bytesRead;
    },
    spans,
    touched: (byteOffset, byteLength) =>
      spans.some(
        (span) => span.byteOffset < byteOffset + byteLength && byteOffset < span.byteOffset + span.byteLength,
      ),
    async read(target, byteOffset, options) {
      const byteLength = await source.read(target, byteOffset, options);
      spans.push({ byteOffset, byteLength });
      bytesRead += byteLength;
      return byteLength;
    },
    close: () => source.close(),
  };
}
