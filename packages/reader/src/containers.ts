import type { ByteSource } from './byte-source.js';

/** Bytes of a file's beginning that tell which container it is. */
export const CONTAINER_HEAD_BYTES = 512;

/** A kind of file in which another file lies, such as a packed one: it is opened as if it were the file within. */
export interface Container {
  /** What to call it in messages: `packed file`. */
  readonly name: string;
  /** Whether a file that begins like this is one. There are fewer than 512 bytes where the file is shorter. */
  recognises(head: Uint8Array): boolean;
  /**
   * Opens the file within. It uses the container's source until it is closed, and closes it then; where opening fails, the
   * source stays open.
   *
   * @throws MappedRamError where the container is damaged.
   */
  open(source: ByteSource): Promise<ByteSource>;
}

/** A file that may lie in a container. */
export interface ContainedSource {
  /** The file within; the file itself where it is no container. */
  readonly source: ByteSource;
  /** What it lies in. */
  readonly container?: Container | undefined;
}

/**
 * Looks whether a file is a container, and opens what lies in it.
 *
 * @throws MappedRamError `read-failed`; what opening a container throws. The source is then still open.
 */
export async function openContained(
  source: ByteSource,
  containers: readonly Container[],
): Promise<ContainedSource> {
  if (containers.length === 0) return { source };
  const head = new Uint8Array(Math.min(CONTAINER_HEAD_BYTES, source.sizeBytes));
  const filled = await source.read(head, 0);
  const container = containers.find((one) => one.recognises(head.subarray(0, filled)));
  if (container === undefined) return { source };
  return { source: await container.open(source), container };
}
