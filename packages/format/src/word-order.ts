import type { WordOrder } from './bitmap.js';

/**
 * The same bitmap with little-endian words, in which page `i` is bit `i & 7` of byte `i >> 3`.
 *
 * @param bytes Whole 64-bit words; only read.
 * @returns `bytes` itself where they are little-endian already, otherwise a copy.
 */
export function withLittleEndianWords(bytes: Uint8Array, order: WordOrder): Uint8Array {
  if (order === 'le') return bytes;
  const swapped = bytes.slice();
  for (let word = 0; word < swapped.length; word += 8) swapped.subarray(word, word + 8).reverse();
  return swapped;
}
