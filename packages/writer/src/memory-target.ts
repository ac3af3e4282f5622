import type { SnapshotTarget } from './snapshot-target.js';

/** A file that comes into being in memory. */
export interface MemoryTarget extends SnapshotTarget {
  /** The file: a copy. Undefined before `commit`. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * A target in memory, holes included: for small files and tests.
 *
 * @param name What to call it in messages.
 */
export function memoryTarget(name = 'memory'): MemoryTarget {
  let room = new Uint8Array(64 * 1024);
  let sizeBytes = 0;
  let isCommitted = false;
  return {
    name,
    async write(pieces) {
      for (const { byteOffset, bytes } of pieces) {
        const end = byteOffset + bytes.length;
        if (end > room.length) {
          const larger = new Uint8Array(Math.max(end, room.length * 2));
          larger.set(room);
          room = larger;
        }
        room.set(bytes, byteOffset);
        sizeBytes = Math.max(sizeBytes, end);
      }
    },
    async discard(byteOffset, lengthBytes) {
      room.fill(0, byteOffset, byteOffset + lengthBytes);
    },
    async commit() {
      isCommitted = true;
    },
    async abort() {},
    get bytes() {
      return isCommitted ? room.slice(0, sizeBytes) : undefined;
    },
  };
}
