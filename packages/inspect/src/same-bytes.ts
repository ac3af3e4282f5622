/** `compare` of Node's `Buffer`, which takes any bytes as its `this`. */
type Compare = (
  this: Uint8Array,
  other: Uint8Array,
  otherStart: number,
  otherEnd: number,
  start: number,
  end: number,
) => number;

/** The platform's own comparison, many times as fast as a loop. A browser has none. */
const compare = (globalThis as { Buffer?: { prototype: { compare: Compare } } }).Buffer?.prototype.compare;

/** Whether two pieces of bytes of one length are the same. */
export function isSamePiece(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  lengthBytes: number,
): boolean {
  if (compare !== undefined) {
    return compare.call(a, b, bStart, bStart + lengthBytes, aStart, aStart + lengthBytes) === 0;
  }
  for (let at = 0; at < lengthBytes; at++) if (a[aStart + at] !== b[bStart + at]) return false;
  return true;
}

/** Whether two lists of bytes are the same. */
export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && isSamePiece(a, 0, b, 0, a.length);
}
