import { type ByteSource, extentsOf } from '../byte-source.js';

/** A source whose reads end with the signal. */
export function abortable(source: ByteSource, signal: AbortSignal): ByteSource {
  return {
    name: source.name,
    sizeBytes: source.sizeBytes,
    ...(source.allocatedBytes !== undefined && { allocatedBytes: source.allocatedBytes }),
    ...(source.dataExtents !== undefined && {
      dataExtents: (from: number, to: number) => extentsOf(source, from, to),
    }),
    read: async (target, byteOffset) => {
      signal.throwIfAborted();
      return source.read(target, byteOffset);
    },
    close: () => source.close(),
  };
}
