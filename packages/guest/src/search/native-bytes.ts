/** Node's own looks for a byte some ten times as fast as a typed array does. There is none in a browser. */
const NodeBuffer: typeof Buffer | undefined = globalThis.Buffer;

const PIECE_BYTES = 8192;

/**
 * Where bytes are next.
 *
 * @param anchor Which of them to look for first.
 * @param from Where they may begin, and `to` where no longer.
 * @returns -1 where they are not.
 */
export function indexOfBytes(
  bytes: Uint8Array,
  wanted: Uint8Array,
  anchor: number,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const searched = NodeBuffer?.from(bytes.buffer, bytes.byteOffset, bytes.length) ?? bytes;
  const anchorByte = wanted[anchor] as number;
  const end = Math.min(to, bytes.length - wanted.length + 1) + anchor;
  let at = searched.indexOf(anchorByte, from + anchor);
  while (at !== -1 && at < end) {
    if (isAt(bytes, at - anchor, wanted)) return at - anchor;
    at = searched.indexOf(anchorByte, at + 1);
  }
  return -1;
}

/** A character of Latin-1 for each byte. `TextDecoder` knows no Latin-1: by that name it gives windows-1252, and slowly. */
export function latin1(bytes: Uint8Array): string {
  if (NodeBuffer !== undefined) {
    return NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return text;
}

function isAt(bytes: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (bytes[offset + index] !== wanted[index]) return false;
  }
  return true;
}
