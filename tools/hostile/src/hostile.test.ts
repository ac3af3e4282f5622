import { allOrFew, captureInfo, loadCapture } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import { hostileCases } from './cases.js';
import { hold, newHolding } from './hold.js';

// The large run of the same cases is `node tools/hostile/dist/main.js`.
const MANY = { headStep: 64, cuts: 100, changes: 500, moreThan: 700 };
const SOME = { headStep: 256, cuts: 40, changes: 200, moreThan: 240 };
const NONE = 'qemu-10.0/none';

test.each(
  allOrFew(
    [
      [NONE, MANY],
      ['qemu-10.0/live', SOME],
      ['qemu-11.1/q35-devices', SOME],
    ],
    [[NONE, SOME]],
  ),
)('no damage to %s makes the linter throw or hang', async (id, counts) => {
  const holding = newHolding();
  for await (const one of hostileCases(await loadCapture(id), captureInfo(id).streamOffset, counts, 7)) {
    await hold(id, one, holding);
  }
  expect(holding.broken).toEqual([]);
  expect(holding.cases).toBeGreaterThan(counts.moreThan);
});
