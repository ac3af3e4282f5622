import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same seed, on every machine. */
export class Random {
  #state: number;

  constructor(seed: string) {
    this.#state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  }

  /** An integer of 0 .. 2^32 - 1 (mulberry32). */
  u32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer of 0 .. limit - 1; 0 where the limit is 0. */
  below(limit: number): number {
    return Math.floor((this.u32() / 2 ** 32) * limit);
  }

  /** One of several; each is as likely as the others. @throws RangeError where there is none */
  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new RangeError('nothing to pick from');
    return choices[this.below(choices.length)] as T;
  }

  /** One of several, each as likely as its weight says. @throws RangeError where there is none */
  pickWeighted<T extends { readonly weight: number }>(choices: readonly T[]): T {
    let at = this.below(choices.reduce((sum, { weight }) => sum + weight, 0));
    for (const choice of choices) {
      if (at < choice.weight) return choice;
      at -= choice.weight;
    }
    throw new RangeError('nothing to pick from');
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
