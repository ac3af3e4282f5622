import type { Random } from './random.js';

/** A value of a field of so many bytes that is worth a try: a boundary, a neighbour of what it was, or anything. */
export function strangeNumber(random: Random, was: bigint, lengthBytes: number): bigint {
  const bits = BigInt(lengthBytes * 8);
  const max = (1n << bits) - 1n;
  const anyBit = 1n << BigInt(random.below(Number(bits)));
  const strange = random.pick<() => bigint>([
    () => 0n,
    () => max,
    () => 1n << (bits - 1n),
    () => max >> 1n,
    () => was + 1n,
    () => was - 1n,
    () => was ^ anyBit,
    () => was ^ anyBit,
    () => was * 2n,
    () => was / 2n,
    () => was + 4096n,
    () => was - 4096n,
    () => anyBit,
    () => BigInt(random.below(256)),
    () => BigInt(random.u32()),
    () => (BigInt(random.u32()) << 32n) | BigInt(random.u32()),
  ])();
  const value = BigInt.asUintN(Number(bits), strange);
  return value === was ? value ^ anyBit : value;
}
