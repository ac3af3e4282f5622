const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * How deep arrays and objects are nested in a JSON text, found without parsing it and without memory of its own. Of what is no JSON, no
 * less than a parser would meet before it stops.
 *
 * @param bytes UTF-8
 */
export function jsonDepth(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isInString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) {
      isInString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
  return deepest;
}
