import { expect, test } from 'vitest';
import { fuzzCommands } from './fuzz-commands.js';

// The large run of the same cases is `npm run hostile -- --commands`.
test('no command breaks a promise on any of a few hundred damaged files', async () => {
  const { broken, cases, made } = await fuzzCommands({ seed: 1, from: 0, count: 400 });
  expect(broken.map(({ number, why, outcome }) => `${number}: ${why}: ${outcome.how}`)).toEqual([]);
  expect(cases).toBe(400);
  expect(made).toBeGreaterThan(20);
});
