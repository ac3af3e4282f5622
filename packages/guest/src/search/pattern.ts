import { indexOfBytes, latin1 } from './native-bytes.js';
import { rarestByte } from './rare-byte.js';
import { requiredLiteral } from './required-literal.js';

/** A match of a regular expression that is longer may be missed. */
export const MAX_MATCH_BYTES = 1024;

/** Told of a match: where it begins in the bytes that were looked at, and how long it is. */
export type OnMatch = (offset: number, lengthBytes: number) => void;

/** Bytes that every match has, without zeros at either end. */
export interface PatternLiteral {
  readonly bytes: Uint8Array;
  /** Which of them is met least in the memory of guests. */
  readonly anchor: number;
  /** Bytes of a match before them, at most. */
  readonly maxBytesBefore: number;
}

/** What is looked for. */
export interface Pattern {
  /** Bytes that the longest match has, at most. */
  readonly maxBytes: number;
  /** Undefined where none is known: then all bytes have to be made text, which takes several times as long as looking for some. */
  readonly literal: PatternLiteral | undefined;
  /**
   * Finds all matches that begin in a stretch, ascending.
   *
   * @param bytes What is before the stretch and behind it may decide what matches.
   * @param from Where the stretch begins, and `end` where it ends.
   * @returns Where the next stretch begins: at the end of this one, or behind a match that reaches out of it where no match lies in another.
   */
  find(bytes: Uint8Array, from: number, end: number, onMatch: OnMatch): number;
}

/** So much is made text at once: a longer text would not lie where the engine keeps what it soon drops. */
const TEXT_BYTES = 64 * 1024;

/** What an expression may look at before a match: whether a word begins there. */
export const CONTEXT_BYTES = 64;

/**
 * Exactly these bytes.
 *
 * @throws RangeError where there are none, more than 1024, or nothing but zeros, which memory is full of.
 */
export function bytePattern(wanted: Uint8Array): Pattern {
  if (wanted.length === 0 || wanted.length > MAX_MATCH_BYTES) {
    throw new RangeError(`a pattern has 1 to ${MAX_MATCH_BYTES} bytes, not ${wanted.length}`);
  }
  if (wanted.every((byte) => byte === 0)) throw new RangeError('a pattern of zeros is everywhere');
  // Looking for one byte is quick, the quicker the rarer it is.
  const anchor = rarestByte(wanted);
  return {
    maxBytes: wanted.length,
    literal: literalIn(wanted),
    find(bytes, from, end, onMatch) {
      const next = (start: number) => indexOfBytes(bytes, wanted, anchor, { from: start, to: end });
      for (let at = next(from); at !== -1; at = next(at + 1)) onMatch(at, wanted.length);
      return end;
    },
  };
}

/**
 * A regular expression over bytes, each of which is a character of Latin-1.
 *
 * @throws SyntaxError where it is none.
 */
export function regularExpression(source: string, ignoreCase = false): Pattern {
  const expression = new RegExp(source, ignoreCase ? 'gis' : 'gs');
  // Bytes are looked for much more quickly than they are made text.
  const literal = ignoreCase ? undefined : requiredLiteral(source);
  const anchor = literal === undefined ? 0 : rarestByte(literal);
  const sticky = new RegExp(source, `${expression.flags.replace('g', '')}y`);
  /** What a match that is too long has when the text ends behind so many bytes, wherever the text does end; 0 where it is none then. */
  const lengthOf = ({ 0: { length }, index }: RegExpExecArray, text: string): number => {
    if (length <= MAX_MATCH_BYTES) return length;
    sticky.lastIndex = index;
    return sticky.exec(text.slice(0, index + MAX_MATCH_BYTES))?.[0].length ?? 0;
  };
  return {
    maxBytes: MAX_MATCH_BYTES,
    literal: literal && { ...literalIn(literal), maxBytesBefore: MAX_MATCH_BYTES },
    find(bytes, from, end, onMatch) {
      let next = from;
      while (next < end) {
        const start = Math.max(0, next - CONTEXT_BYTES);
        const to = Math.min(end, next + TEXT_BYTES);
        const piece = bytes.subarray(start, to + MAX_MATCH_BYTES);
        const everywhere = { from: 0, to: piece.length };
        if (literal === undefined || indexOfBytes(piece, literal, anchor, everywhere) !== -1) {
          const text = latin1(piece);
          expression.lastIndex = next - start;
          for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
            if (start + match.index >= to) break;
            // Nothing may match anywhere, and again and again.
            if (match[0] === '') expression.lastIndex++;
            else {
              const lengthBytes = lengthOf(match, text);
              if (lengthBytes > 0) onMatch(start + match.index, lengthBytes);
              expression.lastIndex = match.index + Math.max(1, lengthBytes);
            }
            next = start + expression.lastIndex;
          }
        }
        next = Math.max(next, to);
      }
      return next;
    },
  };
}

/** Without zeros at the ends: memory that is not stored is zero. */
function literalIn(wanted: Uint8Array): PatternLiteral {
  const first = wanted.findIndex((byte) => byte !== 0);
  const bytes = wanted.subarray(first, wanted.findLastIndex((byte) => byte !== 0) + 1);
  return { bytes, anchor: rarestByte(bytes), maxBytesBefore: first };
}
