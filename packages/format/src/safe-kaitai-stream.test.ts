import { describe, expect, it } from 'vitest';
import { MappedRamError } from './errors.js';
import { MappedRam } from './generated/mapped-ram.js';
import { SafeKaitaiStream } from './safe-kaitai-stream.js';

function errorOf(run: () => unknown): MappedRamError {
  try {
    run();
  } catch (error) {
    if (error instanceof MappedRamError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A mapped-ram header with the given pages_offset. */
function headerBytes(pagesOffset: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(28));
  view.setUint32(0, 1);
  view.setBigUint64(4, 0x1000n);
  view.setBigUint64(12, 137n);
  view.setBigUint64(20, pagesOffset);
  return new Uint8Array(view.buffer);
}

describe('SafeKaitaiStream', () => {
  it('reads 64-bit values up to 2^53 - 1 exactly', () => {
    const header = new MappedRam.MappedRamHeader(new SafeKaitaiStream(headerBytes(2n ** 53n - 1n)));
    expect(header).toMatchObject({ version: 1, lenPage: 4096, ofsBitmap: 137, ofsPages: 2 ** 53 - 1 });
  });

  it.each([2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n])(
    'refuses %d with its exact value',
    (value) => {
      const stream = new SafeKaitaiStream(headerBytes(value), 1000);
      const error = errorOf(() => new MappedRam.MappedRamHeader(stream));
      expect(error).toMatchObject({ code: 'value-too-large', byteOffset: 1020, actual: value });
      expect(error.message).toContain(String(value));
    },
  );

  it('says where in the file the data ends', () => {
    const stream = new SafeKaitaiStream(headerBytes(0n).subarray(0, 15), 1000);
    const error = errorOf(() => new MappedRam.MappedRamHeader(stream));
    expect(error).toMatchObject({ code: 'unexpected-end', byteOffset: 1012 });
  });

  it('reads a window that starts within its buffer', () => {
    const bytes = new Uint8Array(40);
    bytes.set(headerBytes(5n), 7);
    const stream = new SafeKaitaiStream(bytes.subarray(7, 35), 7);
    expect(new MappedRam.MappedRamHeader(stream).ofsPages).toBe(5);
    expect(stream.byteOffsetInFile).toBe(35);
  });

  it('returns views of the window, and does not wrap at 2^31', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect(new SafeKaitaiStream(bytes).readBytes(2).buffer).toBe(bytes.buffer);
    expect(errorOf(() => new SafeKaitaiStream(bytes).readBytes(2 ** 32)).code).toBe('unexpected-end');
  });

  it('reads up to a terminator, or to the end where there is none', () => {
    const stream = new SafeKaitaiStream(new Uint8Array([1, 2, 0x7e, 3, 4]), 10);
    expect([...stream.readBytesTerm(0x7e, false, true, false)]).toEqual([1, 2]);
    expect([...stream.readBytesTerm(0x7e, false, true, false)]).toEqual([3, 4]);
    stream.seek(3);
    expect(errorOf(() => stream.readBytesTerm(0x7e, false, true, true)).byteOffset).toBe(13);
  });

  it('throws where it was sent past the end', () => {
    const stream = new SafeKaitaiStream(new Uint8Array(8));
    stream.seek(2 ** 40);
    expect(errorOf(() => stream.readU1())).toMatchObject({ code: 'unexpected-end', byteOffset: 2 ** 40 });
  });

  it('gives the whole stream the one error class', () => {
    const error = errorOf(() => new MappedRam(new SafeKaitaiStream(new Uint8Array(16))));
    expect(error.code).toBe('unexpected-value');
  });

  it('keeps every bit of a ram word', () => {
    const bytes = new Uint8Array(8).fill(0xff);
    const { word, flags } = new MappedRam.RamWord(new SafeKaitaiStream(bytes), undefined, undefined, 4096);
    expect((BigInt(word.high) << 32n) | BigInt(word.low)).toBe(2n ** 64n - 1n);
    expect(flags).toBe(0xfff);
  });
});
