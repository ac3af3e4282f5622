import { expect, it } from 'vitest';
import { colourPaint, plainPaint, wantsColour } from './colour.js';

const terminal = { isTTY: true };

it.each([
  ['a terminal', terminal, {}, true],
  ['a pipe', {}, {}, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
  ['FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR over NO_COLOR', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('with %s', (_what, stream, env, expected) => {
  expect(wantsColour(stream, env)).toBe(expected);
});

it('paints or leaves alone', () => {
  expect(colourPaint('good', 'restores')).toBe('\u001b[32mrestores\u001b[39m');
  expect(plainPaint('good', 'restores')).toBe('restores');
});
