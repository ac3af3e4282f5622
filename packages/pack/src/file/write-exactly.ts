import { writeSync } from 'node:fs';
import { MappedRamError } from '@mapped-ram/format';

/**
 * Writes all of some bytes to a place in an open file.
 *
 * @param name Of the file, for messages.
 * @throws MappedRamError `write-failed`.
 */
export function writeExactly(descriptor: number, bytes: Uint8Array, byteOffset: number, name: string): void {
  try {
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(descriptor, bytes, at, bytes.length - at, byteOffset + at);
    }
  } catch (cause) {
    throw new MappedRamError('write-failed', {
      what: `writing ${name} failed: ${(cause as Error).message}`,
      byteOffset,
      cause,
    });
  }
}
