import { forEachByte, latin1 } from './native-bytes.js';

/** A match of a regular expression that is longer may be missed. */
export const MAX_MATCH_BYTES = 1024;

/** Told of a match: where it begins in the bytes that were looked at, and how long it is. */
export type OnMatch = (offset: number, lengthBytes: number) => void;

/** What is looked for. */
export interface Pattern {
  /** Bytes that the longest match has, at most. */
  readonly maxBytes: number;
  /** Finds all matches that begin before `end`, ascending. */
  find(bytes: Uint8Array, end: number, onMatch: OnMatch): void;
}

/** How often bytes are met in memory, as far as it is worth knowing. */
const COMMON = new Set([0x00, 0x01, 0xff, 0x20, 0x0a, ...new TextEncoder().encode('etaoinsrdlu')]);

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
  const rare = wanted.findIndex((byte) => !COMMON.has(byte));
  const anchor = rare === -1 ? wanted.findIndex((byte) => byte !== 0) : rare;
  const anchorByte = wanted[anchor] as number;
  return {
    maxBytes: wanted.length,
    find(bytes, end, onMatch) {
      // Where its anchor may be.
      const to = Math.min(end, bytes.length - wanted.length + 1) + anchor;
      forEachByte(bytes, anchorByte, [anchor, to], (at) => {
        if (isAt(bytes, at - anchor, wanted)) onMatch(at - anchor, wanted.length);
      });
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
  return {
    maxBytes: MAX_MATCH_BYTES,
    find(bytes, end, onMatch) {
      for (const match of latin1(bytes).matchAll(expression)) {
        if (match.index >= end) break;
        if (match[0].length > 0) onMatch(match.index, match[0].length);
      }
    },
  };
}

function isAt(bytes: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (bytes[offset + index] !== wanted[index]) return false;
  }
  return true;
}
