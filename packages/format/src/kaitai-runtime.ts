import { MappedRamError, type QuotedValue } from './errors.js';

/**
 * What a generated parser needs of the stream that it reads from, under the names that Kaitai gave it. Both
 * SafeKaitaiStream and the stream of Kaitai's own runtime have it.
 */
export interface KaitaiStreamInstance {
  /** Position in the stream, in bytes. */
  readonly pos: number;
  /** Bytes in the stream. */
  readonly size: number;
  /** Goes to a position. */
  seek(position: number): void;
  /** An unsigned byte. */
  readU1(): number;
  /** Two bytes, big-endian. */
  readU2be(): number;
  /** Four bytes, big-endian. */
  readU4be(): number;
  /** Four bytes, little-endian. */
  readU4le(): number;
  /** Eight bytes, big-endian. */
  readU8be(): number;
  /** So many bytes. */
  readBytes(lengthBytes: number): Uint8Array;
  /** Bytes up to a terminator. */
  readBytesTerm(terminator: number, include: boolean, consume: boolean, eosError: boolean): Uint8Array;
}

/** A value is not the one that the grammar demands. */
class ValidationNotEqualError extends MappedRamError {
  constructor(expected: unknown, actual: unknown, _io: unknown, path: string) {
    super('unexpected-value', { path, expected: quotable(expected), actual: quotable(actual) });
  }
}

/** A value is none of those that the grammar allows. */
class ValidationError extends MappedRamError {
  constructor(actual: unknown, _io: unknown, path: string) {
    super('unexpected-value', { path, actual: quotable(actual) });
  }
}

function quotable(value: unknown): QuotedValue | undefined {
  if (value instanceof Uint8Array) return `[${value.join(', ')}]`;
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

/**
 * What the generated parsers call beside their stream. It stands in for Kaitai's runtime library, which names modules
 * of Node that no bundler finds for a browser.
 */
export const KaitaiStream = {
  mod(value: number, divisor: number): number {
    if (divisor <= 0) throw new RangeError(`${divisor} is no divisor`);
    return value - Math.floor(value / divisor) * divisor;
  },

  /** 0 where both are the same, else below or above it. */
  byteArrayCompare(a: Uint8Array, b: Uint8Array): number {
    const at = a.findIndex((byte, index) => byte !== b[index]);
    return at < 0 ? a.length - b.length : (a[at] as number) - (b[at] ?? -1);
  },

  bytesTerminate(bytes: Uint8Array, terminator: number, include: boolean): Uint8Array {
    const at = bytes.indexOf(terminator);
    return at < 0 ? bytes : bytes.subarray(0, include ? at + 1 : at);
  },

  /** ASCII is taken byte by byte, so that a damaged name still differs from every other. */
  bytesToStr(bytes: Uint8Array, encoding: string): string {
    if (encoding === 'ASCII') return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    // The platform's, in browsers and Node alike, but no part of the language.
    const { TextDecoder } = globalThis as unknown as {
      TextDecoder: new (encoding: string) => { decode(bytes: Uint8Array): string };
    };
    return new TextDecoder(encoding).decode(bytes);
  },

  ValidationNotEqualError,
  ValidationNotAnyOfError: ValidationError,
  ValidationExprError: ValidationError,
};
