import type { ByteSource } from '../byte-source.js';

/**
 * A file that lies in memory. The bytes are not copied: they must not change while the source is in use.
 *
 * @param name What to call it in messages.
 */
export function memorySource(bytes: Uint8Array, name = 'memory'): ByteSource {
  return {
    name,
    sizeBytes: bytes.length,
    async read(target, byteOffset) {
      const piece = bytes.subarray(byteOffset, byteOffset + target.length);
      target.set(piece);
      return piece.length;
    },
    async close() {},
  };
}
