import { writeSync } from 'node:fs';
import { type FileHandle, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  booleanOption,
  checkOptions,
  functionOption,
  integerOption,
  MappedRamError,
} from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import type { SnapshotTarget, TargetPiece } from '../snapshot-target.js';
import { type FinalPath, findFinalPath, openPart, syncFolder, takeName } from './final-path.js';
import { writeFailed } from './write-failed.js';

/** Longer pieces are written in the background; for shorter ones, waiting for that takes longer than writing them. */
const BACKGROUND_BYTES = 64 * 1024;

const ZEROS = new Uint8Array(1024 * 1024);

/** Guest memory is nobody else's business. */
const PRIVATE_MODE = 0o600;

/** Gives the space of some bytes of an open file back, so that they read as zeros; false where this cannot be done. */
export type PunchHole = (descriptor: number, byteOffset: number, lengthBytes: number) => boolean;

/** How a file is to be made. */
export interface FileTargetOptions {
  /** Replace a regular file of that name. If not given, one that is there is an error, and stays as it is. */
  readonly overwrite?: boolean | undefined;
  /**
   * Permissions of the file, 0600 if not given; the umask takes from them. Where a file is replaced, the new one has of them only what the
   * old one had: nobody may read it who could not read that.
   */
  readonly mode?: number | undefined;
  /**
   * Have the file on disk before it takes its name, and its name when `commit` returns. On if not given; without, what a crash of the system
   * leaves under the name may be incomplete, as of a file that cp wrote.
   */
  readonly sync?: boolean | undefined;
  /** How holes are made out of what was written; without it, zeros are written there. */
  readonly punchHole?: PunchHole | undefined;
}

/** A file that comes into being. */
export interface FileTarget extends SnapshotTarget {
  /** Where the file lies until `commit`: threads can write into it too. */
  readonly partPath: string;
  /**
   * Makes the file so long, with a hole where nothing was written.
   *
   * @throws MappedRamError `write-failed`, also where no file may be so long.
   */
  resize(sizeBytes: number): Promise<void>;
  /**
   * Has what was written so far on the disk, so that `commit` has less to wait for; does nothing where the file is not flushed.
   *
   * @throws MappedRamError `write-failed`
   */
  flush(): Promise<void>;
  /**
   * What was written so far, for reading. It lasts until `commit` or `abort`; closing it does nothing.
   *
   * @throws MappedRamError `read-failed`, also of its reads.
   */
  written(): Promise<ByteSource>;
}

/**
 * A file that comes into being under another name beside its own, `.NAME.PID.part`, and is renamed when it is whole and, unless that
 * is not wanted, flushed. What a killed process leaves is such a file, without bitmaps and end.
 *
 * @throws MappedRamError `target-exists`; `write-failed` where no file can be made there.
 */
export async function createFileTarget(path: string, options: FileTargetOptions = {}): Promise<FileTarget> {
  checkOptions(options, {
    overwrite: booleanOption,
    sync: booleanOption,
    mode: integerOption(0, 0o777),
    punchHole: functionOption,
  });
  const { overwrite = false, mode = PRIVATE_MODE } = options;
  const final = await findFinalPath(path, overwrite);
  // Of a file that is replaced, nobody is let in before it is whole.
  const firstMode = final.replacedMode === undefined ? mode : PRIVATE_MODE;
  return new PartFile(path, { ...(await openPart(path, final.path, firstMode)), final }, options);
}

interface OpenPart {
  readonly handle: FileHandle;
  readonly partPath: string;
  readonly final: FinalPath;
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

  async resize(sizeBytes: number): Promise<void> {
    await this.#guard(undefined, () => this.#part.handle.truncate(sizeBytes));
  }

  async flush(): Promise<void> {
    const { sync = true } = this.#options;
    if (sync) await this.#guard(undefined, () => this.#part.handle.sync());
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
    const { handle, partPath, final } = this.#part;
    await this.#guard(undefined, async () => {
      const { mode = PRIVATE_MODE, overwrite = false, sync = true } = this.#options;
      if (final.replacedMode !== undefined) await handle.chmod(mode & final.replacedMode);
      if (sync) await handle.sync();
      await handle.close();
      await takeName(this.name, partPath, final.path, overwrite);
      this.#isOver = true;
      if (sync) await syncFolder(dirname(final.path));
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
