import { type FileHandle, open } from 'node:fs/promises';
import { MappedRamError, withLittleEndianWords } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { tryPunchHole } from './files.js';

/** A snapshot's file while it is changed in place. */
export class InPlaceFile {
  readonly #handle: FileHandle;
  readonly #path: string;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  /**
   * Opens a file, changes it, and has it on disk when this returns.
   *
   * @throws MappedRamError `write-failed`; what `change` throws.
   */
  static async change<T>(path: string, change: (file: InPlaceFile) => Promise<T>): Promise<T> {
    const handle = await openForWriting(path);
    try {
      const result = await change(new InPlaceFile(handle, path));
      await handle.sync();
      return result;
    } finally {
      await handle.close();
    }
  }

  /** Makes a hole. @throws MappedRamError `unsupported` where none can be made; PosixError where the system fails */
  punch(byteOffset: number, lengthBytes: number): void {
    if (tryPunchHole(this.#handle.fd, byteOffset, lengthBytes)) return;
    throw new MappedRamError('unsupported', {
      what: `holes cannot be made in ${this.#path} on this system: make a copy instead`,
    });
  }

  /**
   * Replaces a block's bitmap.
   *
   * @param bits A bit a page, in little-endian 64-bit words; they are written in the file's byte order.
   */
  async writeBitmap({ wordOrder }: Snapshot, { bitmapOffset }: RamBlock, bits: Uint8Array): Promise<void> {
    const words = withLittleEndianWords(bits, wordOrder);
    for (let at = 0; at < words.length; ) {
      at += (await this.#handle.write(words, at, words.length - at, bitmapOffset + at)).bytesWritten;
    }
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (cause) {
    const what = `${path} cannot be changed: ${(cause as Error).message}`;
    throw new MappedRamError('write-failed', { what, cause });
  }
}
