import { describe, expect, it } from 'vitest';
import { checkDamage } from '../testing/check-damage.js';
import { Random } from '../testing/random.js';
import { evidenceOf, freeFrames } from '../testing/synthetic-evidence.js';
import { Layout, SyntheticMemoryMap } from '../testing/synthetic-memory-map.js';

describe('made-up memory maps', () => {
  it('tell exactly the pages that are free', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const map = new SyntheticMemoryMap(new Random(seed), 2 * Layout.framesPerSection);
      const found = await evidenceOf(map);
      expect(found.verdicts.map(({ fault }) => fault)).toEqual(map.zones.map(() => undefined));
      const extents = map.zones.map(({ firstFrame, frames }) => [firstFrame, firstFrame + frames]);
      expect(found.verdicts.map(({ firstFrame, endFrame }) => [firstFrame, endFrame])).toEqual(extents);
      const free = [...map.used.keys()].filter((frame) => map.used[frame] === 0);
      expect(freeFrames(found)).toEqual(free);
    }
  });

  it('with damage give away no page that is in use', () => checkDamage(1, 300));
});
