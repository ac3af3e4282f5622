import type { Random } from '../random.js';

/** Numbers that break sums. */
const EXTREMES = [0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000, 0x00ffffff] as const;

/** A damaged file, and what was done to it. */
export interface Damaged {
  readonly bytes: Buffer;
  readonly how: string;
}

/** Damages a file: flips bits, cuts it, puts in impossible numbers, swaps and repeats pieces. Near both ends, where lengths stand, more often. */
export function damage(sound: Buffer, random: Random): Damaged {
  const bytes = Buffer.from(sound);
  const spot = (room: number): number => {
    const span = bytes.length - room;
    const near = Math.min(span, 256);
    const where = random.below(3);
    if (where === 0) return random.below(near);
    return where === 1 ? span - 1 - random.below(near) : random.below(span);
  };
  switch (random.below(5)) {
    case 0: {
      const at = spot(1);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
      return { bytes, how: `a bit at ${at}` };
    }
    case 1: {
      const at = spot(4);
      const value = random.pick(EXTREMES);
      bytes.writeUInt32LE(value, at);
      return { bytes, how: `${value} at ${at}` };
    }
    case 2: {
      const length = random.below(bytes.length);
      return { bytes: bytes.subarray(0, length), how: `cut to ${length}` };
    }
    case 3: {
      const length = 1 + random.below(Math.min(64, bytes.length - 1));
      const [from, to] = [spot(length), spot(length)];
      bytes.copy(bytes, to, from, from + length);
      return { bytes, how: `${length} bytes from ${from} to ${to}` };
    }
    default: {
      const at = spot(1);
      const extra = Buffer.alloc(1 + random.below(40), random.below(256));
      return {
        bytes: Buffer.concat([bytes.subarray(0, at), extra, bytes.subarray(at)]),
        how: `${extra.length} bytes more at ${at}`,
      };
    }
  }
}
