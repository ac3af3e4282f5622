import { expect, test } from 'vitest';
import { matchesGlob } from './glob.js';

test.each([
  ['header/page-size-zero', 'header/*', true],
  ['header/page-size-zero', '*zero', true],
  ['header/page-size-zero', 'header/page-size-zero', true],
  ['header/page-size-zero', 'header', false],
  ['captures/qemu-10.0/pc', 'captures/qemu-10.0/*', true],
  ['captures/qemu-1000/pc', 'captures/qemu-10.0/*', false],
])('%s and %s: %s', (id, pattern, expected) => {
  expect(matchesGlob(id, pattern)).toBe(expected);
});
