import { expect, it } from 'vitest';
import { cutTo, padLeft, padRight, textWidth } from './text-width.js';
import { wrap } from './wrap.js';

it('counts columns, not characters', () => {
  expect(['abc', '\u96ea', 'e\u0301', '\u{1f600}', '\u001b[31mred\u001b[39m', ''].map(textWidth)).toEqual([
    3, 2, 1, 2, 3, 0,
  ]);
});

it('fills up to columns, and cuts nothing', () => {
  expect(padRight('\u96ea', 4)).toBe('\u96ea  ');
  expect(padLeft('\u96ea', 4)).toBe('  \u96ea');
  expect(padRight('longer', 3)).toBe('longer');
});

it('cuts between characters', () => {
  expect(cutTo('a\u96ea\u96ea', 4)).toBe('a\u96ea');
  expect(cutTo('short', 10)).toBe('short');
});

it('breaks lines of wide characters where they are full', () => {
  expect(wrap('\u96ea\u96ea \u96ea\u96ea \u96ea\u96ea', 10)).toEqual([
    '\u96ea\u96ea \u96ea\u96ea',
    '\u96ea\u96ea',
  ]);
});
