/** Node's own looks for a byte some ten times as fast as a typed array does. There is none in a browser. */
const NodeBuffer: typeof Buffer | undefined = globalThis.Buffer;

const PIECE_BYTES = 8192;

/** Calls `onByte` for each place of a byte from one place up to before another. */
export function forEachByte(
  bytes: Uint8Array,
  wanted: number,
  [from, to]: readonly [from: number, to: number],
  onByte: (at: number) => void,
): void {
  const searched = NodeBuffer?.from(bytes.buffer, bytes.byteOffset, bytes.length) ?? bytes;
  for (let at = searched.indexOf(wanted, from); at !== -1 && at < to; at = searched.indexOf(wanted, at + 1)) {
    onByte(at);
  }
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
