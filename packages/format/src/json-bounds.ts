/** How much a JSON text may hold, beyond its length. */
export interface JsonBounds {
  /** Brackets and braces within one another. */
  readonly depth: number;
  /** Objects and lists. */
  readonly containers?: number;
  /** Commas between values, and so pieces of memory that parsing takes. */
  readonly values?: number;
}

/** Where a JSON text goes beyond its bounds, and beyond which. */
export interface JsonExcess {
  readonly bound: keyof JsonBounds;
  /** Of the byte at which it does. */
  readonly at: number;
  readonly most: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Set in a bracket to make it a brace of the same kind, and never between others. */
const BRACE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * Holds a JSON text against bounds before it is parsed, without memory of its own: a parser recurses and allocates before anybody can
 * look. Of what is no JSON, no less is counted than a parser would meet before it stops.
 *
 * @param json UTF-8
 * @returns undefined where it keeps to them
 */
export function findJsonExcess(json: Uint8Array, bounds: JsonBounds): JsonExcess | undefined {
  const { depth: mostDeep, containers: mostContainers, values: mostValues } = bounds;
  let depth = 0;
  let containers = 0;
  let values = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) at = endOfString(json, at + 1);
    else if (byte === COMMA) {
      if (mostValues !== undefined && ++values > mostValues) return { bound: 'values', at, most: mostValues };
    } else if ((byte | BRACE_BIT) === OPENING) {
      if (++depth > mostDeep) return { bound: 'depth', at, most: mostDeep };
      if (mostContainers !== undefined && ++containers > mostContainers)
        return { bound: 'containers', at, most: mostContainers };
    } else if ((byte | BRACE_BIT) === CLOSING) depth--;
  }
  return undefined;
}

/** Where a string's closing quote is, or the end of the text. */
function endOfString(json: Uint8Array, start: number): number {
  let at = start;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
