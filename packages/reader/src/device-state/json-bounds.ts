import { MappedRamError } from '@mapped-ram/format';

/** Brackets within brackets: each struct of a description is at most three, and there are 64 within each other. */
const MAX_DEPTH = 256;

/** Objects and lists. Of real descriptions each has some 50 bytes. */
const MAX_CONTAINERS = 2 ** 19;

/** Values in them, and so pieces of memory that parsing takes. */
const MAX_VALUES = 2 ** 21;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Set in a bracket to make it a brace of the same kind, and never between others. */
const BRACE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * Makes sure that parsing JSON takes no more memory than real descriptions do, however it is built: a parser recurses and
 * allocates before anybody can look.
 *
 * @param byteOffset Where the JSON starts in the file, for errors.
 * @throws MappedRamError `limit-exceeded`.
 */
export function checkJsonBounds(json: Uint8Array, byteOffset: number): void {
  let depth = 0;
  let containers = 0;
  let values = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) at = endOfString(json, at + 1);
    else if (byte === COMMA) values++;
    else if ((byte | BRACE_BIT) === OPENING) {
      containers++;
      depth++;
    } else if ((byte | BRACE_BIT) === CLOSING) depth--;
    if (depth > MAX_DEPTH) throw beyond('is nested too deeply', byteOffset + at, MAX_DEPTH, depth);
    if (containers > MAX_CONTAINERS || values > MAX_VALUES) {
      const [most, actual] = values > MAX_VALUES ? [MAX_VALUES, values] : [MAX_CONTAINERS, containers];
      throw beyond('holds too much', byteOffset + at, most, actual);
    }
  }
}

/** Where a string's closing quote is, or the end of the text. */
function endOfString(json: Uint8Array, start: number): number {
  let at = start;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

function beyond(fault: string, byteOffset: number, most: number, actual: number): MappedRamError {
  return new MappedRamError('limit-exceeded', {
    what: `the vmdescription ${fault}`,
    byteOffset,
    path: 'vmdescription',
    expected: `at most ${most}`,
    actual,
  });
}
