import { MappedRamError } from './errors.js';
import type { KaitaiStreamInstance } from './kaitai-runtime.js';

/**
 * A window on a file, for the generated parsers to read from. Where Kaitai's own stream would go wrong without an error,
 * this one throws: at a 64-bit value that a `number` cannot hold, and at the end of the window, each with its
 * place in the file.
 *
 * @example new MappedRam.RamBlockEntry(new SafeKaitaiStream(window, windowOffset), undefined, undefined, false)
 */
export class SafeKaitaiStream implements KaitaiStreamInstance {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #baseByteOffset: number;
  #pos = 0;

  /**
   * @param bytes The window; byte arrays that parsers return are views of it.
   * @param baseByteOffset Where the window starts, in bytes from the start of the file.
   */
  constructor(bytes: Uint8Array, baseByteOffset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#baseByteOffset = baseByteOffset;
  }

  /** Position in the window, in bytes. */
  get pos(): number {
    return this.#pos;
  }

  /** Bytes in the window. */
  get size(): number {
    return this.#bytes.length;
  }

  /** Where the next byte lies, in bytes from the start of the file. */
  get byteOffsetInFile(): number {
    return this.#baseByteOffset + this.#pos;
  }

  /** Goes to a position in the window. Only reading there throws, if it is past the end. */
  seek(position: number): void {
    this.#pos = position;
  }

  /** @throws MappedRamError `unexpected-end`, as every method that reads. */
  readU1(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Two bytes, big-endian. */
  readU2be(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  /** Four bytes, big-endian. */
  readU4be(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** Four bytes, little-endian. */
  readU4le(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** @throws MappedRamError `value-too-large` above 2^53 - 1, with the exact value. */
  readU8be(): number {
    const value = this.#view.getBigUint64(this.#advance(8));
    if (value <= Number.MAX_SAFE_INTEGER) return Number(value);
    throw new MappedRamError('value-too-large', { byteOffset: this.byteOffsetInFile - 8, actual: value });
  }

  /** A view of the next bytes. */
  readBytes(lengthBytes: number): Uint8Array {
    const start = this.#advance(lengthBytes);
    return this.#bytes.subarray(start, start + lengthBytes);
  }

  /**
   * A view of the bytes up to a terminator.
   *
   * @param include Whether the terminator belongs to the result.
   * @param consume Whether to go past the terminator.
   * @param eosError Whether a missing terminator is an error; else all that is left is returned.
   */
  readBytesTerm(terminator: number, include: boolean, consume: boolean, eosError: boolean): Uint8Array {
    const start = this.#pos;
    const found = this.#bytes.indexOf(terminator, start);
    if (found < 0) return this.readBytes(this.size - start + (eosError ? 1 : 0));
    this.#pos = consume ? found + 1 : found;
    return this.#bytes.subarray(start, include ? found + 1 : found);
  }

  /** Goes past the next bytes, and returns where they start. */
  #advance(lengthBytes: number): number {
    const start = this.#pos;
    const left = this.size - start;
    if (lengthBytes > left) {
      throw new MappedRamError('unexpected-end', {
        byteOffset: this.byteOffsetInFile,
        expected: `${lengthBytes} bytes`,
        actual: `${Math.max(0, left)} bytes`,
      });
    }
    this.#pos = start + lengthBytes;
    return start;
  }
}
