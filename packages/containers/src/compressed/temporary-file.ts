import { type FileHandle, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { handleSource } from '@mapped-ram/reader/file';

/** Zeros in units of this become holes. */
const HOLE_BYTES = 4096;
const ZEROS = Buffer.alloc(HOLE_BYTES);

/** What is written between two looks at the room that is left. */
const LOOK_BYTES = 64 * 1024 * 1024;

/** Room that is left to others. */
const SPARED_BYTES = 64 * 1024 * 1024;

/** How much a file may become. */
export interface TemporaryLimits {
  /** Bytes beside holes. */
  readonly dataBytes: number;
  /** Length of the file. */
  readonly sizeBytes: number;
}

/** A file that has no name, so that nothing is left of it whatever happens, and that only its owner could read. It is written from its start to its end. */
export class TemporaryFile {
  readonly #handle: FileHandle;
  readonly #folder: string;
  readonly #limits: TemporaryLimits;
  #sizeBytes = 0;
  #dataBytes = 0;
  #lookedAt = -LOOK_BYTES;

  private constructor(handle: FileHandle, folder: string, limits: TemporaryLimits) {
    this.#handle = handle;
    this.#folder = folder;
    this.#limits = limits;
  }

  /** Makes one in the folder for temporary files. @throws MappedRamError `write-failed` */
  static async create(limits: TemporaryLimits): Promise<TemporaryFile> {
    try {
      const folder = await mkdtemp(join(tmpdir(), 'mr-decompressed-'));
      try {
        return new TemporaryFile(await open(join(folder, 'snapshot'), 'wx+', 0o600), tmpdir(), limits);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    } catch (cause) {
      throw writeFailed(tmpdir(), cause);
    }
  }

  /**
   * Appends bytes.
   *
   * @throws MappedRamError `limit-exceeded`, `write-failed`.
   */
  async append(bytes: Uint8Array): Promise<void> {
    let start = 0;
    for (let at = 0; at < bytes.length; ) {
      const unit = bytes.subarray(at, at + HOLE_BYTES - ((this.#sizeBytes + at) % HOLE_BYTES));
      if (ZEROS.subarray(0, unit.length).equals(unit)) {
        await this.#write(bytes.subarray(start, at), this.#sizeBytes + start);
        start = at + unit.length;
      }
      at += unit.length;
    }
    await this.#write(bytes.subarray(start), this.#sizeBytes + start);
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > this.#limits.sizeBytes) throw tooLarge(this.#limits.sizeBytes);
  }

  /** Ends writing. The source closes the file. */
  async finish(name: string): Promise<ByteSource> {
    await this.#handle.truncate(this.#sizeBytes);
    return handleSource(name, this.#handle);
  }

  /** Gives it up. */
  close(): Promise<void> {
    return this.#handle.close();
  }

  async #write(bytes: Uint8Array, byteOffset: number): Promise<void> {
    if (bytes.length === 0) return;
    this.#dataBytes += bytes.length;
    if (this.#dataBytes > this.#limits.dataBytes) throw tooLarge(this.#limits.dataBytes);
    if (this.#dataBytes - this.#lookedAt >= LOOK_BYTES) await this.#look();
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await this.#handle.write(bytes, done, bytes.length - done, byteOffset + done)).bytesWritten;
      }
    } catch (cause) {
      throw writeFailed(this.#folder, cause);
    }
  }

  async #look(): Promise<void> {
    this.#lookedAt = this.#dataBytes;
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize >= LOOK_BYTES + SPARED_BYTES) return;
    throw writeFailed(this.#folder, new Error(`${this.#dataBytes} bytes of it filled the disk`));
  }
}

function tooLarge(expected: number): MappedRamError {
  return new MappedRamError('limit-exceeded', {
    what: 'it becomes much larger than a snapshot does that was compressed; unpack it with its own program to read it all the same',
    expected: `at most ${expected} bytes`,
  });
}

function writeFailed(folder: string, cause: unknown): MappedRamError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = `it cannot be unpacked into ${folder} (${reason}); TMPDIR names another folder`;
  return new MappedRamError('write-failed', { what, cause });
}
