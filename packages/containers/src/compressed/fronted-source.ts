import type { ByteSource } from '@mapped-ram/reader';

/** What comes before a file that was unpacked. */
export interface Front {
  /** Where it is read from. */
  readonly source: ByteSource;
  readonly lengthBytes: number;
  /** What is to stand there instead. */
  readonly patch: { readonly byteOffset: number; readonly bytes: Uint8Array };
}

/** A file with another one's beginning. Closing it closes both. */
export function frontedSource(front: Front, rest: ByteSource): ByteSource {
  const { source, lengthBytes, patch } = front;
  const sizeBytes = lengthBytes + rest.sizeBytes;
  const { allocatedBytes, dataExtents } = rest;
  return {
    name: rest.name,
    sizeBytes,
    ...(allocatedBytes !== undefined && { allocatedBytes: lengthBytes + allocatedBytes }),
    ...(dataExtents !== undefined && {
      *dataExtents(fromOffset: number, toOffset: number) {
        const end = Math.min(toOffset, sizeBytes);
        if (fromOffset < lengthBytes && fromOffset < end) {
          yield { byteOffset: fromOffset, lengthBytes: Math.min(lengthBytes, end) - fromOffset };
        }
        const from = Math.max(0, fromOffset - lengthBytes);
        for (const extent of dataExtents(from, end - lengthBytes)) {
          yield { byteOffset: extent.byteOffset + lengthBytes, lengthBytes: extent.lengthBytes };
        }
      },
    }),
    async read(target, byteOffset, options) {
      const inFront = target.subarray(0, Math.max(0, Math.min(target.length, lengthBytes - byteOffset)));
      if (inFront.length > 0) {
        await source.read(inFront, byteOffset, options);
        for (const [index, byte] of patch.bytes.entries()) {
          const at = patch.byteOffset + index - byteOffset;
          if (at >= 0 && at < inFront.length) inFront[at] = byte;
        }
      }
      const behind = target.subarray(inFront.length);
      if (behind.length === 0) return inFront.length;
      return inFront.length + (await rest.read(behind, byteOffset + inFront.length - lengthBytes, options));
    },
    async close() {
      await rest.close();
      await source.close();
    },
  };
}
