import { SparseImage } from '@mapped-ram/fixtures';

/** The pattern differs from one unit of this size to the next, whatever the guest's page size is. */
const UNIT_BYTES = 4096;

/** Well-mixed bits of a number (splitmix64's finish), so that neighbours have nothing in common. */
function mix(value: number): bigint {
  let z = (BigInt(value) + 1n) * 0x9e3779b97f4a7c15n;
  z = BigInt.asUintN(64, z);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

/**
 * One unit of known content: its own 64-bit number over and over, and its inverse in the second half, so that a swapped, shifted or
 * halved page shows, and a thousand of them still compress to little.
 */
function patternUnit(seed: number, unitIndex: number): Uint8Array {
  const unit = new BigUint64Array(UNIT_BYTES / 8);
  const value = mix(seed * 0x10000000 + unitIndex) | 1n;
  unit.fill(value, 0, unit.length / 2);
  unit.fill(BigInt.asUintN(64, ~value), unit.length / 2);
  return new Uint8Array(unit.buffer);
}

/** Which units carry the pattern: the ends, the edges of bitmap words, two runs, and the rest anywhere. */
function chooseUnits(seed: number, units: number, wanted: number): number[] {
  if (wanted === 0) return [];
  const chosen = new Set([0, units - 1, 1, 62, 63, 64, 65, 127, 128, units - 2]);
  for (let unit = 200; unit < 200 + wanted / 4; unit++) chosen.add(unit);
  for (let index = 0; chosen.size < Math.min(wanted, units / 2); index++) {
    chosen.add(Number(mix(seed * 1000 + index) % BigInt(units)));
  }
  return [...chosen].filter((unit) => unit >= 0 && unit < units).sort((a, b) => a - b);
}

/** The pattern of a memory of that size; `seed` tells one memory of a machine from the next. */
export function patternImage(sizeBytes: number, seed: number, units = 300): SparseImage {
  const chosen = chooseUnits(seed, Math.floor(sizeBytes / UNIT_BYTES), units);
  const extents = chosen.map((unit) => ({ byteOffset: unit * UNIT_BYTES, bytes: patternUnit(seed, unit) }));
  return new SparseImage('pattern', sizeBytes, extents);
}

/** A firmware that is never run: the pattern in its first kilobytes. */
export function idleFirmware(sizeBytes: number): Uint8Array {
  return patternImage(sizeBytes, 0xf, 4).bytes(0, sizeBytes);
}
