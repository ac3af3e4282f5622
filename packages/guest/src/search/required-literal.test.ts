import { expect, it } from 'vitest';
import { requiredLiteral } from './required-literal.js';

it.each([
  ['root:[^:]*:0:', 'root:'],
  ['a.longer', 'longer'],
  ['\\x7fELF', '\x7fELF'],
  ['a\\.b', 'a.b'],
  ['ab+c', 'ab'],
  ['ab{2}', 'ab'],
  ['ab*', 'a'],
  ['abc?de', 'ab'],
  ['ab{0,3}cde', 'cde'],
  ['(one|two)three', 'three'],
  ['(?:x(y|z))?end', 'end'],
  ['(?!not)this', 'this'],
  ['[)\\]]after', 'after'],
  ['^begin\\d\\wend$', 'begin'],
  ['\\(call\\)', '(call)'],
  ['caf\u00e9', 'caf\u00e9'],
])('every match of /%s/ has %j', (source, literal) => {
  expect(Buffer.from(requiredLiteral(source) ?? []).toString('latin1')).toBe(literal);
});

it.each([
  'one|two',
  '[abc]+',
  'a*',
  '(abc)',
  '\\x00\\x00',
  '(.)\\1abc',
  'x\\u0041',
  '\u20ac',
  'a{',
  '\\cA',
  '',
])('of /%s/ nothing is known, or not looked for', (source) => {
  expect(requiredLiteral(source)).toBeUndefined();
});
