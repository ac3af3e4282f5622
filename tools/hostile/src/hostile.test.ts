import { allOrFew, captureInfo, loadCapture } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import { hostileCases } from './cases.js';
import { hold, newHolding } from './hold.js';

// The large run of the same cases is `node tools/hostile/dist/main.js`.
test.each(allOrFew(['qemu-10.0/none', 'qemu-10.0/live', 'qemu-11.1/q35-devices'], ['qemu-10.0/none']))(
  'no damage to %s makes the linter throw or hang',
  async (id) => {
    const holding = newHolding();
    const counts = { headStep: 64, cuts: 100, changes: 500 };
    for await (const one of hostileCases(await loadCapture(id), captureInfo(id).streamOffset, counts, 7)) {
      await hold(id, one, holding);
    }
    expect(holding.broken).toEqual([]);
    expect(holding.cases).toBeGreaterThan(700);
  },
);
