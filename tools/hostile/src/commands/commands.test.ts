import { allOrFew } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import { fuzzCommands } from './fuzz-commands.js';

const [count = 0] = allOrFew([160], [10]);

// The large run of the same cases is `npm run hostile -- --commands`.
test('no command breaks a promise on any of some damaged files', async () => {
  const { broken, cases, made } = await fuzzCommands({ seed: 1, from: 0, count });
  expect(broken.map(({ number, why, outcome }) => `${number}: ${why}: ${outcome.how}`)).toEqual([]);
  expect(cases).toBe(count);
  expect(made).toBeGreaterThanOrEqual(count / 20);
});
