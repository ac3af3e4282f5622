import { type KaitaiStreamInstance, MappedRamError, SafeKaitaiStream } from '@mapped-ram/format';
import type { ByteSource } from './byte-source.js';

/** One element of the stream is never longer. The longest that can be is a command with its 65,535 bytes of data. */
const MAX_ELEMENT_BYTES = 65 * 1024;

/** An element that was read, and where the next one starts. */
export interface Element<T> {
  readonly value: T;
  readonly endOffset: number;
}

/**
 * A part of a source, held in memory, on which the generated parsers run: they are synchronous, and so need their
 * bytes beforehand. Where an element reaches past the part, more is read and the element parsed again.
 */
export class SourceWindow {
  readonly sizeBytes: number;
  /** How much to read where less is needed. Little while pages may lie close behind, so that none is read. */
  readAheadBytes = 4096;
  readonly #source: ByteSource;
  #bytes: Uint8Array;
  #byteOffset: number;

  /**
   * @param bytes What was read of the source already, to begin with.
   * @param byteOffset Where that starts.
   */
  constructor(source: ByteSource, bytes = new Uint8Array(), byteOffset = 0) {
    this.#source = source;
    this.sizeBytes = source.sizeBytes;
    this.#bytes = bytes;
    this.#byteOffset = byteOffset;
  }

  /**
   * Parses one element.
   *
   * @param byteOffset Where it starts in the file.
   * @param parse Runs a generated parser over the stream it is given, perhaps more than once.
   * @throws MappedRamError `unexpected-end` where the file ends in the element, `limit-exceeded`, and what `parse`
   * throws.
   */
  async parse<T>(byteOffset: number, parse: (io: KaitaiStreamInstance) => T): Promise<Element<T>> {
    let neededBytes = 1;
    for (;;) {
      const bytes = this.held(byteOffset, neededBytes) ?? (await this.#fill(byteOffset, neededBytes));
      const io = new SafeKaitaiStream(bytes, byteOffset);
      try {
        return { value: parse(io), endOffset: byteOffset + io.pos };
      } catch (error) {
        if (!(error instanceof MappedRamError) || error.code !== 'unexpected-end') throw error;
        if (byteOffset + bytes.length >= this.sizeBytes) throw error;
        if (bytes.length >= MAX_ELEMENT_BYTES) throw tooLong(byteOffset);
        neededBytes = Math.min(bytes.length * 2, MAX_ELEMENT_BYTES);
      }
    }
  }

  /** The byte at an offset; undefined past the end of the file. */
  async byteAt(byteOffset: number): Promise<number | undefined> {
    return (this.held(byteOffset, 1) ?? (await this.#fill(byteOffset, 1)))[0];
  }

  /**
   * Bytes from an offset: a view, valid until the next call. Fewer than `lengthBytes` where the file ends.
   *
   * @throws RangeError where more than an element is asked for.
   */
  async bytes(byteOffset: number, lengthBytes: number): Promise<Uint8Array> {
    if (lengthBytes > MAX_ELEMENT_BYTES) {
      throw new RangeError(`${lengthBytes} bytes are more than a window holds`);
    }
    const held = this.held(byteOffset, lengthBytes) ?? (await this.#fill(byteOffset, lengthBytes));
    return held.subarray(0, lengthBytes);
  }

  /**
   * Fills all of `target`, which may be longer than a window: what is held is not read again.
   *
   * @throws MappedRamError as {@link readFully}.
   */
  async copy(target: Uint8Array, byteOffset: number): Promise<void> {
    const held = this.held(byteOffset, 0)?.subarray(0, target.length) ?? new Uint8Array();
    target.set(held);
    const rest = target.subarray(held.length);
    if (rest.length > 0) await readFully(this.#source, rest, byteOffset + held.length);
  }

  /** What is held from an offset on, if it is enough or reaches the end of the file. It is a view, valid until more is read. */
  held(byteOffset: number, neededBytes: number): Uint8Array | undefined {
    const skip = byteOffset - this.#byteOffset;
    if (skip < 0 || skip >= this.#bytes.length) return undefined;
    const enough = skip + neededBytes <= this.#bytes.length;
    const atEnd = this.#byteOffset + this.#bytes.length >= this.sizeBytes;
    return enough || atEnd ? this.#bytes.subarray(skip) : undefined;
  }

  async #fill(byteOffset: number, neededBytes: number): Promise<Uint8Array> {
    const left = Math.max(0, this.sizeBytes - byteOffset);
    const bytes = new Uint8Array(Math.min(left, Math.max(neededBytes, this.readAheadBytes)));
    if (bytes.length > 0) await readFully(this.#source, bytes, byteOffset);
    this.#bytes = bytes;
    this.#byteOffset = byteOffset;
    return bytes;
  }
}

/**
 * Fills all of `target`.
 *
 * @throws MappedRamError `short-read` where the source ends before it said it would; `read-failed`.
 */
export async function readFully(source: ByteSource, target: Uint8Array, byteOffset: number): Promise<void> {
  const filled = await source.read(target, byteOffset);
  if (filled === target.length) return;
  throw new MappedRamError('short-read', {
    what: `${source.name} became shorter while it was read`,
    byteOffset: byteOffset + filled,
    expected: target.length,
    actual: filled,
  });
}

function tooLong(byteOffset: number): MappedRamError {
  return new MappedRamError('limit-exceeded', {
    what: 'an element of the stream is too long',
    byteOffset,
    expected: `at most ${MAX_ELEMENT_BYTES} bytes`,
  });
}
