import { expect, it } from 'vitest';
import { wrap } from './wrap.js';

it('breaks at spaces and indents what follows', () => {
  expect(wrap('one two three four', 11, '> ', '  ')).toEqual(['> one two', '  three', '  four']);
});

it('keeps a word whole that is wider than the line', () => {
  expect(wrap('a 0x123456789abcdef b', 8)).toEqual(['a', '0x123456789abcdef', 'b']);
});

it('makes one line of nothing', () => {
  expect(wrap('', 10, '  ')).toEqual(['']);
});
