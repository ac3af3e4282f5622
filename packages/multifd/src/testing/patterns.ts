/** Pages that all differ, some of them zero, the same for the same seed. */
export function somePages(pageCount: number, pageSize: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pageCount * pageSize);
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
  for (let page = 0; page < pageCount; page++) {
    if (next() % 3 === 0) continue;
    // A byte anywhere is enough: whether a page is zero must not hang on its first ones.
    bytes[page * pageSize + (next() % pageSize)] = 1 + (next() % 255);
    if (next() % 2 === 0) bytes.fill(next() % 256, page * pageSize, (page + 1) * pageSize);
  }
  return bytes;
}

/** The bitmap of the pages that are not zero, as little-endian 64-bit words. */
export function bitmapOf(bytes: Uint8Array, pageSize: number): Uint8Array<ArrayBuffer> {
  const pageCount = bytes.length / pageSize;
  const bitmap = new Uint8Array(Math.ceil(pageCount / 64) * 8);
  for (let page = 0; page < pageCount; page++) {
    const isZero = bytes.subarray(page * pageSize, (page + 1) * pageSize).every((byte) => byte === 0);
    if (!isZero) bitmap[page >> 3] = (bitmap[page >> 3] ?? 0) | (1 << (page & 7));
  }
  return bitmap;
}

/** The same bytes in memory that channels can see. */
export function shared(bytes: Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return memory;
}
