import { writeSync } from 'node:fs';
import { type FileHandle, link, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import type { SnapshotTarget, TargetPiece } from './snapshot-target.js';

/** Longer pieces are written in the background; for shorter ones, waiting for that takes longer than writing them. */
const BACKGROUND_BYTES = 64 * 1024;

const ZEROS = new Uint8Array(1024 * 1024);

/** As QEMU makes its files: guest memory is nobody else's business. */
const MODE = 0o660;

const MAX_NAME_BYTES = 255;

/** Gives the space of some bytes of an open file back, so that they read as zeros; false where this cannot be done. */
export type PunchHole = (descriptor: number, byteOffset: number, lengthBytes: number) => boolean;

/** How a file is to be made. */
export interface FileTargetOptions {
  /** Replace a regular file of that name. If not given, one that is there is an error, and stays as it is. */
  readonly overwrite?: boolean | undefined;
  /** How holes are made out of what was written; without it, zeros are written there. */
  readonly punchHole?: PunchHole | undefined;
}

/** A file that comes into being. */
export interface FileTarget extends SnapshotTarget {
  /** Where the file lies until `commit`: threads can write into it too. */
  readonly partPath: string;
  /**
   * What was written so far, for reading. It lasts until `commit` or `abort`; closing it does nothing.
   *
   * @throws MappedRamError `read-failed`, also of its reads.
   */
  written(): Promise<ByteSource>;
}

/**
 * A file that comes into being under another name beside its own, `.NAME.PID.part`, and is renamed when it is whole and
 * flushed. What a killed process leaves is such a file, without bitmaps and end.
 *
 * @throws MappedRamError `target-exists`; `write-failed` where no file can be made there.
 */
export async function createFileTarget(path: string, options: FileTargetOptions = {}): Promise<FileTarget> {
  const { overwrite = false } = options;
  const finalPath = await checkedPath(path, overwrite);
  const { handle, partPath } = await openPart(path, finalPath);
  return new PartFile(path, { handle, partPath, finalPath }, options);
}

interface OpenPart {
  readonly handle: FileHandle;
  readonly partPath: string;
  readonly finalPath: string;
}

class PartFile implements FileTarget {
  readonly name: string;
  readonly #part: OpenPart;
  readonly #options: FileTargetOptions;
  #isOver = false;

  constructor(name: string, part: OpenPart, options: FileTargetOptions) {
    this.name = name;
    this.#part = part;
    this.#options = options;
  }

  get partPath(): string {
    return this.#part.partPath;
  }

  async write(pieces: readonly TargetPiece[]): Promise<void> {
    for (const { byteOffset, bytes } of pieces) {
      await this.#guard(byteOffset, () =>
        bytes.length < BACKGROUND_BYTES
          ? this.#writeNow(bytes, byteOffset)
          : this.#writeBehind(bytes, byteOffset),
      );
    }
  }

  async discard(byteOffset: number, lengthBytes: number): Promise<void> {
    await this.#guard(byteOffset, async () => {
      if (this.#options.punchHole?.(this.#part.handle.fd, byteOffset, lengthBytes)) return;
      for (let at = 0; at < lengthBytes; at += ZEROS.length) {
        await this.#writeBehind(ZEROS.subarray(0, lengthBytes - at), byteOffset + at);
      }
    });
  }

  async written(): Promise<ByteSource> {
    const { handle } = this.#part;
    const { name } = this;
    const reading = async <T>(work: Promise<T>, byteOffset?: number): Promise<T> => {
      try {
        return await work;
      } catch (cause) {
        throw new MappedRamError('read-failed', { what: `reading ${name} failed`, byteOffset, cause });
      }
    };
    const { size } = await reading(handle.stat());
    return {
      name,
      sizeBytes: size,
      read: async (target, byteOffset) => {
        let filled = 0;
        while (filled < target.length) {
          const rest = target.length - filled;
          const read = handle.read(target, filled, rest, byteOffset + filled);
          const { bytesRead } = await reading(read, byteOffset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return filled;
      },
      close: async () => {},
    };
  }

  async commit(): Promise<void> {
    const { handle, partPath, finalPath } = this.#part;
    await this.#guard(undefined, async () => {
      await handle.sync();
      await handle.close();
      if (this.#options.overwrite === true) await rename(partPath, finalPath);
      else await giveNewName(this.name, partPath, finalPath);
      this.#isOver = true;
      await syncFolder(dirname(finalPath));
    });
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#part.handle.close().catch(() => {});
    await rm(this.#part.partPath, { force: true });
  }

  #writeNow(bytes: Uint8Array, byteOffset: number): void {
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(this.#part.handle.fd, bytes, at, bytes.length - at, byteOffset + at);
    }
  }

  async #writeBehind(bytes: Uint8Array, byteOffset: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      at += (await this.#part.handle.write(bytes, at, bytes.length - at, byteOffset + at)).bytesWritten;
    }
  }

  async #guard(byteOffset: number | undefined, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      throw cause instanceof MappedRamError ? cause : writeFailed(this.name, cause, byteOffset);
    }
  }
}

/** Where the file is to be: behind links, so that what is replaced is the file that they lead to. */
async function checkedPath(path: string, overwrite: boolean): Promise<string> {
  try {
    const found = await lstat(path).catch(ignoreMissing);
    if (found === undefined) return path;
    if (!overwrite) throw new MappedRamError('target-exists', { what: `${path} exists already` });
    const finalPath = await realpath(path);
    if ((await stat(finalPath)).isFile()) return finalPath;
  } catch (cause) {
    throw cause instanceof MappedRamError ? cause : writeFailed(path, cause);
  }
  throw new MappedRamError('write-failed', { what: `${path} is no regular file and cannot be replaced` });
}

async function openPart(path: string, finalPath: string): Promise<{ handle: FileHandle; partPath: string }> {
  for (let attempt = 0; ; attempt++) {
    const partPath = join(dirname(finalPath), partName(basename(finalPath), attempt));
    try {
      return { handle: await open(partPath, 'wx+', MODE), partPath };
    } catch (cause) {
      // Left behind by a process of the same number, or this process makes the same file twice.
      const isTaken = (cause as NodeJS.ErrnoException).code === 'EEXIST';
      if (!isTaken || attempt === 100) throw writeFailed(path, cause);
    }
  }
}

function partName(name: string, attempt: number): string {
  const suffix = `.${process.pid}${attempt === 0 ? '' : `-${attempt}`}.part`;
  let kept = name;
  while (Buffer.byteLength(kept) + suffix.length + 1 > MAX_NAME_BYTES) kept = kept.slice(0, -1);
  return `.${kept}${suffix}`;
}

/** Unlike renaming, linking never replaces what somebody else put there meanwhile. */
async function giveNewName(name: string, partPath: string, finalPath: string): Promise<void> {
  try {
    await link(partPath, finalPath);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new MappedRamError('target-exists', { what: `${name} exists already`, cause });
    // The file system knows no links.
    await rename(partPath, finalPath);
    return;
  }
  await rm(partPath);
}

/** Makes the new name durable, where the file system wants to be told. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EIO') throw error;
  } finally {
    await handle?.close();
  }
}

function ignoreMissing(cause: unknown): undefined {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  return undefined;
}

function writeFailed(name: string, cause: unknown, byteOffset?: number): MappedRamError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MappedRamError('write-failed', { what: `writing ${name} failed: ${reason}`, byteOffset, cause });
}
