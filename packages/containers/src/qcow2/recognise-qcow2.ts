/** `QFI` and 0xfb. */
const MAGIC = 0x514649fb;

/** Whether a file that begins like this is a qcow2 image. */
export function isQcow2(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  return new DataView(head.buffer, head.byteOffset).getUint32(0) === MAGIC;
}
