import { expect, it } from 'vitest';
import { nextStep } from './direct-step.js';

it.each([
  ['all of it is aligned', { at: 8192, from: 4096, length: 8192 }, { lengthBytes: 8192, direct: true }],
  ['a tail is left for later', { at: 0, from: 0, length: 9000 }, { lengthBytes: 8192, direct: true }],
  ['the tail alone', { at: 8192, from: 8192, length: 808 }, { lengthBytes: 808, direct: false }],
  [
    'a head up to the next border',
    { at: 5000, from: 904, length: 20_000 },
    { lengthBytes: 3192, direct: false },
  ],
  [
    'a head that ends before the border',
    { at: 5000, from: 904, length: 100 },
    { lengthBytes: 100, direct: false },
  ],
  ['memory that lies otherwise', { at: 4096, from: 512, length: 8192 }, { lengthBytes: 8192, direct: false }],
])('%s', (_, { at, from, length }, step) => {
  expect(nextStep(from, at, length)).toEqual(step);
});
