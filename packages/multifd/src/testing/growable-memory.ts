/** Memory of its own mapping, which starts at a page: one that can grow. */
export function growableMemory(lengthBytes: number): SharedArrayBuffer {
  const Growable = SharedArrayBuffer as new (length: number, options: object) => SharedArrayBuffer;
  return new Growable(lengthBytes, { maxByteLength: lengthBytes });
}
