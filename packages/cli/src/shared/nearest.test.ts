import { expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.js';

it.each([
  ['--fromat', '--format'],
  ['--rul', '--rule'],
  ['--depe', '--deep'],
])('takes %s for %s', (typed, meant) => {
  expect(nearest(typed, ['--format', '--rule', '--deep', '--quiet'])).toBe(meant);
});

it('suggests nothing where nothing is near', () => {
  expect(nearest('--xyzzy', ['--format', '--rule'])).toBeUndefined();
  expect(didYouMean('--xyzzy', ['--format', '--rule'])).toBe('');
});

it('words a suggestion', () => {
  expect(didYouMean('quite', ['quiet'])).toBe('; did you mean quiet?');
});
