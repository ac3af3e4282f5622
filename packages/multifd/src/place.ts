import { statfsSync, statSync } from 'node:fs';
import { booleanOption, groupOption, MappedRamError, nameOption, type OptionCheck } from '@mapped-ram/format';
import { failureInWords } from './failure-in-words.js';

/** A file. Every channel opens it for itself, for reading or for writing; it has to be there. */
export interface FilePlace {
  readonly path: string;
  /**
   * Go past the page cache (O_DIRECT) wherever offset and memory are aligned. Off if not given. Where the file system has
   * no direct I/O, the channels go through the page cache and say so in a notice.
   */
  readonly directIo?: boolean | undefined;
  /**
   * Have what is written go to the disk while more is moved, for a file that is going to be flushed; where memory is slow to be had, it leaves the
   * page cache then, beyond the last 64 MiB of each channel. On if not given.
   */
  readonly writeback?: boolean | undefined;
}

/** Memory that all channels see. Offsets count from its start. */
export interface MemoryPlace {
  readonly memory: SharedArrayBuffer;
  /**
   * For a target: map pages of the source's file, where some hundred lie together, instead of copying them. They are read when they are looked at, and
   * copied when they are written to. The file has to stay as it is as long as the memory is used: what changes there changes here, and
   * if it is cut, the process ends when it looks. Memory has to start at a page, as one that can grow does; else, and where the system cannot, pages
   * are copied. Off if not given.
   */
  readonly copyOnWrite?: boolean | undefined;
}

/** Where channels read from or write to. */
export type Place = FilePlace | MemoryPlace;

/** A file as every channel has to find it. */
export interface ExpectedFile {
  readonly path: string;
  readonly directIo: boolean;
  readonly writeback: boolean;
  /** With `inode`, tells a file from another that took its name. */
  readonly device: bigint;
  readonly inode: bigint;
  /** When the channels were opened. */
  readonly sizeBytes: number;
}

/** A place as a channel is told of it. */
export type ExpectedPlace = ExpectedFile | MemoryPlace;

/** What a place is opened for. */
export type Purpose = 'read' | 'write';

/**
 * Looks at a place before the channels open it.
 *
 * @throws MappedRamError `read-failed`, or `write-failed` where it is to be written.
 */
export function expectPlace(place: Place, purpose: Purpose): ExpectedPlace {
  if ('memory' in place) return { memory: place.memory, copyOnWrite: place.copyOnWrite };
  const { path, directIo = false } = place;
  try {
    const { dev: device, ino: inode, size } = statSync(path, { bigint: true });
    const writeback = purpose === 'write' && (place.writeback ?? true) && !isInMemory(path);
    return { path, directIo, writeback, device, inode, sizeBytes: Number(size) };
  } catch (error) {
    throw failureInWords(
      new MappedRamError(`${purpose}-failed`, { what: `${path} cannot be opened`, cause: error }),
    );
  }
}

/** File systems of Linux that have no disk: tmpfs, ramfs and hugetlbfs (`f_type` of statfs(2)). */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6, 0x958458f6]);

/** Whether a file has no disk to go to. The kernel would look at every page to find nothing to do. */
export function isInMemory(path: string): boolean {
  return IN_MEMORY.has(statfsSync(path).type);
}

/** A {@link Place}, for the checks of options. */
export const placeOption: OptionCheck = (value, name) => {
  groupOption({
    path: nameOption,
    directIo: booleanOption,
    writeback: booleanOption,
    copyOnWrite: booleanOption,
  })(value, name);
  const { path, memory } = value as { path?: unknown; memory?: unknown };
  if (path === undefined && !(memory instanceof SharedArrayBuffer)) {
    throw new TypeError(`${name}: expected a path, or a SharedArrayBuffer as memory`);
  }
};
