import { expect, test } from 'vitest';
import { runPacked } from './run-packed.js';

// The large run is `node tools/hostile/dist/main.js --packed`.
test('no damage to packed files, seals and differences goes unnoticed or takes too much', async () => {
  const figures = await runPacked(3, 300);
  expect(figures.broken).toEqual([]);
  expect(figures.cases).toBe(300);
});
