import { readSync } from 'node:fs';
import { MappedRamError } from '@mapped-ram/format';

/**
 * Fills all of `target` from an open file.
 *
 * @param name Of the file, for messages.
 * @throws MappedRamError `read-failed`; `short-read` where the file ends before.
 */
export function readExactly(descriptor: number, target: Uint8Array, byteOffset: number, name: string): void {
  for (let at = 0; at < target.length; ) {
    const bytes = readOnce(descriptor, target, at, byteOffset, name);
    if (bytes === 0) {
      throw new MappedRamError('short-read', {
        what: `${name} became shorter while it was read`,
        byteOffset: byteOffset + at,
      });
    }
    at += bytes;
  }
}

function readOnce(
  descriptor: number,
  target: Uint8Array,
  at: number,
  byteOffset: number,
  name: string,
): number {
  try {
    return readSync(descriptor, target, at, target.length - at, byteOffset + at);
  } catch (cause) {
    throw new MappedRamError('read-failed', {
      what: `reading ${name} failed: ${(cause as Error).message}`,
      byteOffset: byteOffset + at,
      cause,
    });
  }
}
