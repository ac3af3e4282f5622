import type { ByteSource } from './byte-source.js';

/** Bytes of a file's beginning that tell which container it is. */
export const CONTAINER_HEAD_BYTES = 512;

/** How deep containers may lie in each other: a compressed disk image, of which a snapshot is meant. */
const MAX_DEPTH = 4;

/** A kind of file in which another file lies, such as a packed one: it is opened as if it were the file within. */
export interface Container {
  /** What to call it in messages: `packed file`. */
  readonly name: string;
  /** Whether a file that begins like this may be one. There are fewer than 512 bytes where the file is shorter. */
  recognises(head: Uint8Array): boolean;
  /**
   * Opens the file within. It uses the container's source until it is closed, and closes it then; where opening fails, the
   * source stays open.
   *
   * @returns undefined where the file turns out to be none of this kind.
   * @throws MappedRamError where the container is damaged.
   */
  open(source: ByteSource): Promise<ByteSource | undefined>;
}

/** A file that may lie in a container. */
export interface ContainedSource {
  /** The file within; the file itself where it is no container. */
  readonly source: ByteSource;
  /** What it lies in; the outermost, where that lies in another. */
  readonly container?: Container | undefined;
}

/**
 * Looks whether a file is a container, and opens what lies in it, which may be one again.
 *
 * @throws MappedRamError `read-failed`; what opening a container throws. The source is then still open, unless it was a container
 * in which another lay.
 */
export async function openContained(
  source: ByteSource,
  containers: readonly Container[],
): Promise<ContainedSource> {
  let opened: ContainedSource = { source };
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const inner = await openOne(opened, containers);
    if (inner === undefined) break;
    opened = { source: inner.source, container: opened.container ?? inner.container };
  }
  return opened;
}

async function openOne(
  { source, container: outer }: ContainedSource,
  containers: readonly Container[],
): Promise<Required<ContainedSource> | undefined> {
  if (containers.length === 0) return undefined;
  try {
    const head = new Uint8Array(Math.min(CONTAINER_HEAD_BYTES, source.sizeBytes));
    const bytes = head.subarray(0, await source.read(head, 0));
    for (const container of containers) {
      if (!container.recognises(bytes)) continue;
      const inner = await container.open(source);
      if (inner !== undefined) return { source: inner, container };
    }
    return undefined;
  } catch (error) {
    if (outer !== undefined) await source.close();
    throw error;
  }
}
