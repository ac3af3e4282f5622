import { closeSync, constants, openSync, readSync } from 'node:fs';
import { compressedContainer, qcow2Container } from '@mapped-ram/containers';
import { packedContainer } from '@mapped-ram/pack';
import { CONTAINER_HEAD_BYTES, type Container } from '@mapped-ram/reader';
import { type FileSourceOptions, type OpenSource, openSource as openIn } from '@mapped-ram/reader/file';

/** Everything that a snapshot can lie in. */
function containersFor(snapshot: string | undefined): readonly Container[] {
  // Most files are not packed, and need no codec.
  const openCodec = async () => (await import('@mapped-ram/pack/codec')).openCodec();
  return [packedContainer(openCodec), compressedContainer, qcow2Container(snapshot)];
}

/**
 * How a command opens files: each of them may lie in a container. Every command that reads a snapshot opens it so.
 *
 * @param snapshot Which one is meant in a disk image: what `--snapshot` says.
 */
export function sourceOpener(snapshot: string | undefined, options: FileSourceOptions = {}): OpenSource {
  const containers = containersFor(snapshot);
  return (path) => openIn(path, containers, options);
}

/** Whether a file is a container. One that cannot be read is none: whoever opens it says why. */
export function isContainer(path: string): boolean {
  const head = new Uint8Array(CONTAINER_HEAD_BYTES);
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const bytes = head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
      return containersFor(undefined).some((container) => container.recognises(bytes));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
