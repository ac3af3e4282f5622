/** Sets bits of a bitmap: bit `i` is bit `i & 7` of byte `i >> 3`. */
export function setBits(bits: Uint8Array, from: number, to: number): void {
  for (let bit = from; bit < to; bit++) bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
}
