import { closeSync, constants, openSync, readSync } from 'node:fs';
import { packedContainer } from '@mapped-ram/pack';
import { openCodec } from '@mapped-ram/pack/codec';
import { CONTAINER_HEAD_BYTES, type Container } from '@mapped-ram/reader';
import { type OpenSource, openSource as openIn } from '@mapped-ram/reader/file';

/** Everything that a snapshot can lie in. */
const containers: readonly Container[] = [packedContainer(openCodec)];

/** Opens a file, or what lies in it where it is packed. Every command that reads a snapshot opens it here. */
export const openSource: OpenSource = (path) => openIn(path, containers);

/** Whether a file is a container. One that cannot be read is none: whoever opens it says why. */
export function isContainer(path: string): boolean {
  const head = new Uint8Array(CONTAINER_HEAD_BYTES);
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const bytes = head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
      return containers.some((container) => container.recognises(bytes));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
