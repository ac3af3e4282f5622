import { MappedRamError } from '@mapped-ram/format';
import { expect } from 'vitest';
import { DAMAGES, flipBits } from './damage.js';
import { Random } from './random.js';
import { evidenceOf, freeFrames } from './synthetic-evidence.js';
import { Layout, SyntheticMemoryMap } from './synthetic-memory-map.js';

/**
 * Damages made-up guests, one for each seed, and sees that no page in use counts as free, and that a zone whose evidences disagree is left.
 */
export async function checkDamage(firstSeed: number, count: number): Promise<void> {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const random = new Random(seed);
    const map = new SyntheticMemoryMap(random, Layout.framesPerSection * 2 ** random.below(2));
    const damage = random.below(4) === 0 ? undefined : random.pick(DAMAGES);
    const zone = damage?.apply(map, random);
    if (damage === undefined) flipBits(map, random);
    const name = `seed ${seed}: ${damage?.name ?? 'flipped bits'}`;
    const found = await evidenceOf(map).catch((error: unknown) => {
      expect(error, name).toBeInstanceOf(MappedRamError);
      return undefined;
    });
    if (found === undefined) continue;
    const inUse = freeFrames(found).filter((frame) => map.used[frame] === 1);
    expect(inUse, `${name}: pages in use`).toEqual([]);
    if (zone !== undefined) expect(found.verdicts[zone]?.fault, `${name}: unnoticed`).toBeDefined();
  }
}
